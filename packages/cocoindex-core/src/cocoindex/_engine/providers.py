"""The durable ids and generations of target providers. Layer: _engine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .._keys import Symbol, decode_key, encode_key
from .._target.registry import root_provider, roots_registered
from .._target.state import TargetStateProvider
from ..errors import RecordError
from .keyspace import CLAIM, GENERATION, OWNER, PROVIDER, generation_key, owner_prefix, provider_key

if TYPE_CHECKING:
    from .._target.sink import TargetActionSink
    from .batch import Batch
    from .deps import DepsTable
    from .facts import Facts
    from .plan import Plan

Provider = TargetStateProvider[Any, Any, Any]


class ProviderRow:
    """One provider in this run.

    Attributes:
        id: its durable id; a container that was destroyed and made anew gives its children's provider a new one.
        generation: raised when a container loses data of its children.
        provider: resolves to the handler.
        prefix: how the identities of its target states begin.
        dependency: what of it a memoized result depends on.
        sink: the one that its actions have had so far; None where there were none, or several.
    """

    __slots__ = ("dependency", "generation", "id", "prefix", "provider", "seen", "sink")

    def __init__(self, ident: int, generation: int, provider: Provider) -> None:
        self.id = ident
        self.generation = generation
        self.provider = provider
        self.prefix = owner_prefix(ident)
        self.dependency = (ident, generation)
        self.sink: TargetActionSink[Any] | None = None
        self.seen: TargetActionSink[Any] | None = None

    def acts_through(self, sink: TargetActionSink[Any]) -> None:
        """Take note of the sink of an action that is not the one `seen` last."""
        self.sink = sink if self.seen is None else None
        self.seen = sink


class ProviderTable:
    """The providers that this run has met.

    Attributes:
        rows: those that have a row; `row` makes the others'.
        goes_on: whether the run may go on for ever, so that of the providers of one container only the last is held.
    """

    def __init__(self, facts: Facts, deps: DepsTable) -> None:
        self._facts = facts
        self._deps = deps
        self.rows: dict[Provider, ProviderRow] = {}
        self._by_id: dict[int, ProviderRow] = {}
        self._lock = threading.Lock()
        self.goes_on = False
        self._roots_met = 0
        self._failures: dict[int, BaseException] = {}

    def row(self, provider: Provider) -> ProviderRow:
        """The row of `provider`; gives it an id where it never had one."""
        row = self.rows.get(provider)
        if row is None:
            parent = 0 if provider.parent is None else self.row(provider.parent).id
            with self._lock:
                row = self.rows.get(provider)
                if row is None:
                    row = self._enter(parent, provider)
        return row

    def by_id(self, ident: int) -> ProviderRow | None:
        """The provider with this id, where this run has met it or it is registered; None where it has not."""
        row = self._by_id.get(ident)
        if row is None and self._roots_met < roots_registered():
            self._meet_roots()
            row = self._by_id.get(ident)
        return row if row is not None and row.provider.is_resolved() else None

    def sink_of(self, ident: int) -> TargetActionSink[Any] | None:
        """The sink of the actions on the target states of the provider with this id, where that was always the same."""
        row = self._by_id.get(ident)
        return None if row is None else row.sink

    def resolved(self, provider: Provider) -> None:
        """Take up a container's provider whose handler is known now, and those of its attachments."""
        self.row(provider)
        for attachment in provider._attachment_providers():
            self.row(attachment)

    def note_failure(self, plan: Plan, error: BaseException) -> None:
        """Remember why containers of this plan could not be removed."""
        for container in plan.containers:
            if container.gone and (ident := self._facts.get(provider_key(container.provider, container.key))):
                self._failures[int.from_bytes(ident, "big")] = error

    def forget_failures(self) -> None:
        """Nothing is removed any more."""
        self._failures.clear()

    def failure_of(self, ident: int) -> BaseException | None:
        """Why the container whose children's provider has this id could not be removed, if that was tried."""
        return self._failures.get(ident)

    def settle_containers(self, plan: Plan, batch: Batch) -> None:
        """Forget what is tracked below containers that were removed or made anew."""
        for container in plan.containers:
            child = container.child
            if container.moved:
                batch.delete(provider_key(container.provider, container.key))
            elif child is None:
                if container.gone or container.invalidation == "destructive":
                    self._forget_below(provider_key(container.provider, container.key), batch)
            elif container.gone:
                self._forget_below(provider_key(container.provider, container.key), batch)
            elif container.invalidation == "destructive":
                self._replace(child, batch)
            elif container.invalidation == "lossy":
                self._raise_generation(self._key_of(child), batch)
        if plan.containers:
            self._deps.forget()

    def _replace(self, provider: Provider, batch: Batch) -> None:
        """Everything below `provider` is lost: forget what is tracked there, and go on under a new id."""
        key = self._key_of(provider)
        self._forget_below(key, batch)
        ident = self._facts.new_id()
        batch.put(key, ident.to_bytes(8, "big"))
        batch.put(generation_key(ident), bytes(4))

    def _raise_generation(self, key: bytes, batch: Batch) -> None:
        """Data below the provider with this key may be lost: all of it is applied again, what hangs on it too.

        Where nothing is tracked, nothing can be lost: what is memoized there stays valid.
        """
        for ident in _with_all_below(key, batch):
            if not batch.has_any(OWNER + ident):
                continue
            generation = int.from_bytes(batch.get(GENERATION + ident) or bytes(4), "big") + 1
            batch.put(GENERATION + ident, generation.to_bytes(4, "big"))

    def _forget_below(self, key: bytes, batch: Batch) -> None:
        for ident, at in _with_all_below(key, batch).items():
            batch.drop(OWNER + ident)
            batch.drop(CLAIM + ident)
            batch.delete(GENERATION + ident)
            batch.delete(at)
            number = int.from_bytes(ident, "big")
            self._failures.pop(number, None)
            if (row := self._by_id.pop(number, None)) is not None:
                self.rows.pop(row.provider, None)

    def _key_of(self, provider: Provider) -> bytes:
        parent = 0 if provider.parent is None else self.row(provider.parent).id
        return provider_key(parent, encode_key(provider.key))

    def _enter(self, parent: int, provider: Provider) -> ProviderRow:
        key = provider_key(parent, encode_key(provider.key))
        stored = self._facts.get(key)
        if stored is not None:
            ident = int.from_bytes(stored, "big")
            generation = int.from_bytes(self._facts.get(GENERATION + stored) or bytes(4), "big")
        else:
            ident, generation = self._facts.new_id(), 0
            self._facts.put(key, ident.to_bytes(8, "big"))
            self._facts.put(generation_key(ident), bytes(4))
        if self.goes_on and (former := self._by_id.get(ident)) is not None:
            self.rows.pop(former.provider, None)  # where it is still used it comes back
        row = ProviderRow(ident, generation, provider)
        self.rows[provider] = self._by_id[ident] = row
        return row

    def _meet_roots(self) -> None:
        """Take up the registered root providers that the store knows, for states that nobody declares any more."""
        self._roots_met = roots_registered()
        for key in self._facts.root_provider_keys():
            name = decode_key(key)
            root = root_provider(name.name) if isinstance(name, Symbol) else None
            if root is not None:
                self.resolved(root)


def _with_all_below(key: bytes, batch: Batch) -> dict[bytes, bytes]:
    """The ids of the provider with this key and of all below it, with their keys; each once, in a damaged store too."""
    found: dict[bytes, bytes] = {}
    waiting = [key]
    while waiting:
        at = waiting.pop()
        ident = batch.get(at)
        if ident is None or ident in found:
            continue
        if len(ident) != 8:  # what begins with less would be other containers' too
            raise RecordError(f"the stored id of the container {at.hex()} cannot be read: {ident[:40]!r}")
        found[ident] = at
        waiting += batch.stored_keys(PROVIDER + ident)
    return found

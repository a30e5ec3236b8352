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
    from .rerun import Rerun

Provider = TargetStateProvider[Any, Any, Any]


class ProviderRow:
    """One provider in this run.

    Attributes:
        id: its durable id; the provider of a container's children gets a new one when the container was recreated.
        generation: incremented when a container loses data of its children.
        provider: the public provider, which has the handler.
        prefix: the prefix of the identities of its target states.
        dependency: its part in the dependencies of a memoized result.
        sink: the only sink of its actions so far; None if there was none, or several.
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
        """Record the sink of an action if it differs from the one `seen` last."""
        self.sink = sink if self.seen is None else None
        self.seen = sink


class ProviderTable:
    """The providers used in this run.

    Attributes:
        rows: the existing rows; `row` creates others.
        goes_on: whether the run is live: then only the last provider of each container is kept.
        lost: of the rows used so far, the dependencies of those whose container lost its contents meanwhile.
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
        self._used: set[int] = set()
        self.lost: set[tuple[int, int]] = set()

    def row(self, provider: Provider) -> ProviderRow:
        """Return the row of `provider`; assign an id if it has none."""
        row = self.rows.get(provider)
        if row is None:
            parent = 0 if provider.parent is None else self.row(provider.parent).id
            with self._lock:
                row = self.rows.get(provider)
                if row is None:
                    row = self._enter(parent, provider)
        return row

    def current(self, provider: Provider, batch: Batch) -> ProviderRow | None:
        """Return the row that a provider with a lost one has after the batch; None if its container is gone."""
        ident = self._current_id(provider, batch)
        stored = None if ident is None else batch.get(GENERATION + ident.to_bytes(8, "big"))
        return None if ident is None or stored is None else ProviderRow(ident, int.from_bytes(stored, "big"), provider)

    def _current_id(self, provider: Provider, batch: Batch) -> int | None:
        if (row := self.rows.get(provider)) is not None:
            return row.id
        parent = 0 if provider.parent is None else self._current_id(provider.parent, batch)
        stored = None if parent is None else batch.get(provider_key(parent, encode_key(provider.key)))
        return None if stored is None else int.from_bytes(stored, "big")

    def by_id(self, ident: int) -> ProviderRow | None:
        """Return the provider with this id if this run used it or it is registered; None otherwise."""
        row = self._by_id.get(ident)
        if row is None and self._roots_met < roots_registered():
            self._meet_roots()
            row = self._by_id.get(ident)
        return row if row is not None and row.provider.is_resolved() else None

    def sink_of(self, ident: int) -> TargetActionSink[Any] | None:
        """Return the sink of all actions of the provider with this id; None if there were several."""
        row = self._by_id.get(ident)
        return None if row is None else row.sink

    def resolved(self, provider: Provider) -> None:
        """Add a container's provider whose handler is now known, and the providers of its attachments."""
        self.row(provider)
        for attachment in provider._attachment_providers():
            self.resolved(attachment)

    def note_failure(self, plan: Plan, error: BaseException) -> None:
        """Record why containers of this plan could not be removed."""
        for container in plan.containers:
            if container.gone and (ident := self._facts.get(provider_key(container.provider, container.key))):
                self._failures[int.from_bytes(ident, "big")] = error

    def forget_failures(self) -> None:
        """Forget these failures, when removals have ended."""
        self._failures.clear()

    def failure_of(self, ident: int) -> BaseException | None:
        """Return why the container with this provider of children could not be removed; None if it was not tried."""
        return self._failures.get(ident)

    def begin_pass(self) -> None:
        """Forget which providers were used, because the root is about to run."""
        self._used.clear()
        self._deps.confirmed.clear()
        self._deps.forget()

    def settle_containers(self, plan: Plan, batch: Batch, rerun: Rerun) -> None:
        """Delete what is tracked below containers that were removed or recreated; what filled them must run again."""
        for container in plan.containers:
            child = container.child
            if container.invalidation is not None and not (container.gone or self.goes_on):
                self._run_again_below(provider_key(container.provider, container.key), batch, rerun)
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

    def _run_again_below(self, key: bytes, batch: Batch, rerun: Rerun) -> None:
        """Mark the components that have something in a container, if some of them ran or were skipped already."""
        for ident in _with_all_below(key, batch):
            number = int.from_bytes(ident, "big")
            if number in self._used or number in self._deps.confirmed:
                owners = {batch.latest(state_id, stored) for state_id, stored in batch.stored_rows(OWNER + ident)}
                for owner in owners:
                    if owner is not None:
                        rerun.mark(batch, owner)

    def _replace(self, provider: Provider, batch: Batch) -> None:
        """Delete everything tracked below `provider`, which is lost, and continue with a new id."""
        key = self._key_of(provider)
        self._forget_below(key, batch)
        ident = self._facts.new_id()
        batch.put(key, ident.to_bytes(8, "big"))
        batch.put(generation_key(ident), bytes(4))

    def _raise_generation(self, key: bytes, batch: Batch) -> None:
        """Increment the generation: data below the provider with this key may be lost, so it and everything below is
        applied again.

        If nothing is tracked, nothing can be lost: memoized results there stay valid.
        """
        for ident in _with_all_below(key, batch):
            if not batch.has_any(OWNER + ident):
                continue
            self._lose(int.from_bytes(ident, "big"))
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
            self._lose(number)

    def _lose(self, number: int) -> None:
        """Forget the rows of the provider with this id: what is declared with them is planned with the present row."""
        if self._by_id.pop(number, None) is not None:
            for provider, row in [*self.rows.items()]:
                if row.id == number:
                    del self.rows[provider]
                    self.lost.add(row.dependency)

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
        if not self.goes_on:
            self._used.add(ident)
        elif (former := self._by_id.get(ident)) is not None:
            self.rows.pop(former.provider, None)  # it comes back if it is still used
        row = ProviderRow(ident, generation, provider)
        self.rows[provider] = self._by_id[ident] = row
        return row

    def _meet_roots(self) -> None:
        """Add the registered root providers that the store knows, for target states that are no longer declared."""
        self._roots_met = roots_registered()
        for key in self._facts.root_provider_keys():
            name = decode_key(key)
            root = root_provider(name.name) if isinstance(name, Symbol) else None
            if root is not None:
                self.resolved(root)


def _with_all_below(key: bytes, batch: Batch) -> dict[bytes, bytes]:
    """Return the ids and keys of the provider with this key and of all below it; each once, even in a damaged store."""
    found: dict[bytes, bytes] = {}
    waiting = [key]
    while waiting:
        at = waiting.pop()
        ident = batch.get(at)
        if ident is None or ident in found:
            continue
        if len(ident) != 8:  # a shorter prefix would match other containers
            raise RecordError(f"the stored id of the container {at.hex()} cannot be read: {ident[:40]!r}")
        found[ident] = at
        waiting += batch.stored_keys(PROVIDER + ident)
    return found

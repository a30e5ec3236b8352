"""Sets of dependencies, interned by hash, each validated once in a process and run. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .._function.live_logic import is_live
from .._values import fast_hash16
from .keyspace import DEPS, generation_key

if TYPE_CHECKING:
    from .._runtime.scope import Frame
    from .batch import Batch
    from .context_states import ContextStates
    from .facts import Facts


class Deps(msgspec.Struct, array_like=True, frozen=True):
    """What a memoized result depends on besides its arguments: see `Frame`, whose sets these are."""

    logic: frozenset[bytes]
    context: frozenset[tuple[str, bytes]]
    providers: frozenset[tuple[int, int]]
    nested: frozenset[bytes]


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(Deps).decode


class DepsTable:
    """The interned sets of one run."""

    __slots__ = ("_by_content", "_context", "_facts", "_loaded", "_valid")

    def __init__(self, facts: Facts, context: ContextStates) -> None:
        self._facts = facts
        self._context = context
        self._loaded: dict[bytes, Deps | None] = {}
        self._valid: dict[bytes, bool] = {}
        self._by_content: dict[Deps, bytes] = {}

    def intern(self, frame: Frame) -> bytes:
        """The hash that stands for what `frame` collected; 8 bytes."""
        deps = Deps(
            frozenset(frame.logic), frozenset(frame.context), frozenset(frame.providers), frozenset(frame.nested)
        )
        known = self._by_content.get(deps)
        if known is not None:
            return known
        data = _encode(deps)
        key = fast_hash16(data)[:8]
        if self.load(key) is None:
            self._facts.put(DEPS + key, data)
            self._loaded[key] = deps
        self._by_content[deps] = key
        return key

    def load(self, key: bytes) -> Deps | None:
        """The set; None where the store does not hold it or it cannot be read."""
        if key not in self._loaded or self._loaded[key] is None:
            data = self._facts.get(DEPS + key)
            try:
                self._loaded[key] = _decode(data) if data is not None else None
            except msgspec.MsgspecError:
                self._loaded[key] = None
        return self._loaded[key]

    def valid(self, key: bytes) -> bool:
        """Whether everything in the set still holds."""
        known = self._valid.get(key)
        if known is None:
            known = self._valid[key] = self._validate(key)
        return known

    def forget(self) -> None:
        """Validate anew from now on: a provider's generation has changed."""
        self._valid.clear()

    def forget_unused(self, batch: Batch) -> None:
        """Delete the sets that this run did not make, after one in which everything ran."""
        used = {DEPS + key for key in self._by_content.values()}
        for key in batch.stored_keys(DEPS):
            if key not in used:
                batch.delete(key)

    def flattened(self, key: bytes) -> Deps:
        """The set with those that are nested in it; empty where it cannot be read."""
        deps = self.load(key) or Deps(frozenset(), frozenset(), frozenset(), frozenset())
        for nested in deps.nested:
            inner = self.flattened(nested)
            deps = Deps(
                deps.logic | inner.logic, deps.context | inner.context, deps.providers | inner.providers, frozenset()
            )
        return deps

    def _validate(self, key: bytes) -> bool:
        deps = self.load(key)
        return (
            deps is not None
            and all(map(is_live, deps.logic))
            and all(self._context.change_fingerprint(name) == fp for name, fp in deps.context)
            and all(
                self._facts.get(generation_key(provider)) == generation.to_bytes(4, "big")
                for provider, generation in deps.providers
            )
            and all(map(self.valid, deps.nested))
        )

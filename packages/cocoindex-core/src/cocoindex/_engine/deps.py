"""Sets of dependencies, interned by hash; each is validated once a run. Layer: _engine.

Sets nest like calls and components, to any depth, and share nested sets. So traversals use an explicit stack instead of
recursion, and visit each set once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from .._function.live_logic import is_live
from .._values import fast_hash16
from .keyspace import DEPS, generation_key

if TYPE_CHECKING:
    from .._runtime.scope import Frame
    from .context_states import ContextStates
    from .facts import Facts


class Deps(msgspec.Struct, array_like=True, frozen=True):
    """What a memoized result depends on besides its arguments; made from a `Frame`."""

    logic: frozenset[bytes]
    context: frozenset[tuple[str, bytes]]
    providers: frozenset[tuple[int, int]]
    nested: frozenset[bytes]


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(Deps).decode


_HELD = 4096


class DepsTable:
    """The interned sets of one run.

    Attributes:
        confirmed: the providers whose generations were found valid since the root began to run.
    """

    __slots__ = ("_by_content", "_context", "_doubted", "_facts", "_leaving", "_loaded", "_valid", "confirmed")

    def __init__(self, facts: Facts, context: ContextStates) -> None:
        self._facts = facts
        self._context = context
        self._loaded: dict[bytes, Deps] = {}
        self._valid: dict[bytes, bool] = {}
        self._by_content: dict[Deps, bytes] = {}
        self._doubted: set[bytes] = set()
        self._leaving: set[bytes] = set()
        self.confirmed: set[int] = set()

    def intern(self, frame: Frame) -> bytes:
        """Return the hash (8 bytes) of the dependencies that `frame` collected."""
        deps = Deps(
            frozenset(frame.logic), frozenset(frame.context), frozenset(frame.providers), frozenset(frame.nested)
        )
        known = self._by_content.get(deps)
        if known is not None:
            return known
        data = _encode(deps)
        key = fast_hash16(data)[:8]
        if self.load(key) is None or key in self._leaving:
            self._facts.put_deps(DEPS + key, data)
            self._loaded[key] = deps
        if self._doubted:
            self._use(key, deps)
        self._by_content[deps] = key
        return key

    def load(self, key: bytes) -> Deps | None:
        """Return the set; None if it is not in the store or cannot be read."""
        loaded = self._loaded  # another thread may have called `forget` meanwhile
        deps = loaded.get(key)
        if deps is None and (data := self._facts.get(DEPS + key)) is not None:
            try:
                deps = loaded[key] = _decode(data)
            except msgspec.MsgspecError:
                pass
        return deps

    def valid(self, key: bytes) -> bool:
        """Return whether everything in the set and in its nested sets is still valid."""
        known = self._valid.get(key)
        return self._validate(key) if known is None else known

    def forget(self) -> None:
        """Drop all validations, because a provider's generation has changed."""
        self._valid.clear()

    def trim(self) -> None:
        """Drop cached sets, so that a long live run does not keep too many in memory."""
        if max(len(self._loaded), len(self._by_content), len(self._valid)) > _HELD:
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._loaded, self._by_content, self._valid = {}, {}, {}

    # While unreferenced sets are collected in a live run: see `collect_deps`

    def doubt(self, keys: set[bytes]) -> None:
        """Mark these sets as unreferenced; a set that is interned from now on is used."""
        self._doubted = keys
        self._begin_anew()

    def take_unused(self, among: set[bytes]) -> set[bytes]:
        """Return the doubtful sets that were not used since then; they are about to be deleted."""
        unused, self._doubted = self._doubted & among, set()
        self._leaving = unused
        self._begin_anew()
        return unused

    def deleted(self) -> None:
        """Note that the sets taken last are deleted."""
        self._leaving = set()

    def _use(self, key: bytes, deps: Deps) -> None:
        """Mark a set and all nested sets as used."""
        self._doubted.discard(key)
        waiting = [*deps.nested]
        while waiting:
            key = waiting.pop()
            if key in self._doubted:
                self._doubted.discard(key)
                nested = self.load(key)
                waiting += () if nested is None else nested.nested

    def flattened(self, *keys: bytes) -> Deps:
        """Return the union of sets and their nested sets, without those that cannot be read."""
        logic: set[bytes] = set()
        context: set[tuple[str, bytes]] = set()
        providers: set[tuple[int, int]] = set()
        for _, deps in self.reachable(keys):
            logic |= deps.logic
            context |= deps.context
            providers |= deps.providers
        return Deps(frozenset(logic), frozenset(context), frozenset(providers), frozenset())

    def reachable(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, Deps]]:
        """Yield the sets with these keys and all nested sets, each once, without those that cannot be read."""
        waiting = list(keys)
        seen = set(waiting)
        while waiting:
            key = waiting.pop()
            deps = self.load(key)
            if deps is not None:
                yield key, deps
                fresh = deps.nested - seen
                seen |= fresh
                waiting += fresh

    def _validate(self, key: bytes) -> bool:
        """Validate a set and its nested sets, depth first; an invalid set makes all sets above it invalid."""
        path: dict[bytes, Iterator[bytes]] = {}
        entering: bytes | None = key
        while True:
            if entering is not None:
                deps = None if entering in path else self.load(entering)  # in a damaged store a set may contain itself
                if deps is None or not self._holds(deps):
                    self._valid.update(dict.fromkeys([*path, entering], False))
                    return False
                path[entering] = iter(deps.nested)
            at = next(reversed(path))
            entering = next((inner for inner in path[at] if not self._valid.get(inner)), None)
            if entering is None:
                del path[at]
                self._valid[at] = True
                if not path:
                    return True
            elif entering in self._valid:
                self._valid.update(dict.fromkeys(path, False))
                return False

    def _holds(self, deps: Deps) -> bool:
        """Return whether the set's own dependencies are still valid."""
        return (
            all(map(is_live, deps.logic))
            and all(self._context.change_fingerprint(name) == fp for name, fp in deps.context)
            and self.holds_for(deps.providers)
        )

    def holds_for(self, providers: Iterable[tuple[int, int]]) -> bool:
        """Return whether these target providers still have the same generations."""
        for provider, generation in providers:
            if self._facts.get(generation_key(provider)) != generation.to_bytes(4, "big"):
                return False
            self.confirmed.add(provider)
        return True

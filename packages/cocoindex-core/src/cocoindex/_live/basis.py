"""The basis of a stored position: the dependencies of all children since the source began. Layer: _live.

A source that continues from a position does not report earlier items. So the position is valid only as long as a memo
of all those children would be: with the same logic, the same context values and the same generations of targets.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec

from .._engine.keyspace import CHILD, INDEX, owner_key
from .._function.live_logic import is_live, is_there, name_of
from .._keys import encode_key

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._engine.batch import Batch
    from .._engine.providers import Provider
    from .._function.processor import Processor

_SEEN = 4096


class _Stored(msgspec.Struct, array_like=True):
    """The stored form of a basis.

    Args:
        logic: fingerprints of functions, with their names.
        context: names of context values, with their fingerprints.
        providers: ids of target providers, with their generations.
        args: the identity of the arguments that all children get; None if it does not count.
    """

    logic: dict[bytes, str] = msgspec.field(default_factory=dict)
    context: set[tuple[str, bytes]] = msgspec.field(default_factory=set)
    providers: set[tuple[int, int]] = msgspec.field(default_factory=set)
    args: bytes | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Stored).decode


class Basis:
    """The basis of the position of one live range.

    Args:
        anchor: the parent of its children.
        prefix: the prefix of their paths.
        function: the function that a live map mounts; None for a live component.
        args: the identity of the arguments that it gets with each item; None if it does not count.

    Attributes:
        has_grown: whether there is more than is stored.
    """

    def __init__(self, anchor: Anchor, prefix: bytes, function: Processor | None, args: bytes | None) -> None:
        self._run = anchor.run
        self._below = CHILD + anchor.record.id + prefix
        self._function = None if function is None else function.function
        self._seen: set[bytes] = set()
        self._held = _Stored(args=args)
        self.has_grown = True

    def go_on_from(self, data: bytes) -> str:
        """Continue from the stored basis; return why the position is no longer valid, or None."""
        try:
            stored = _decode(data)
        except msgspec.MsgspecError:
            return "its stored dependencies cannot be read"
        why = self._why_not(stored)
        if not why:
            self._held = stored
            self.has_grown = False
        return why

    def add(self, deps: bytes, batch: Batch | None = None) -> None:
        """Add the set of dependencies of a child that ran or was skipped.

        Args:
            batch: the batch of the transaction that makes it durable; None if it is durable already.
        """
        if deps in self._seen:
            return
        if len(self._seen) >= _SEEN:
            self._seen.clear()
        self._seen.add(deps)
        held, found = self._held, self._run.deps.flattened(deps)
        # A function that is already gone was created by a called function, whose logic covers it.
        logic = {each: name for each in found.logic - held.logic.keys() if (name := name_of(each))}
        context = found.context - held.context
        providers = {one for one in found.providers - held.providers if not self._is_its_own(one[0], batch)}
        if logic or context or providers:
            held.logic |= logic
            held.context |= context
            held.providers |= providers
            self.has_grown = True

    def encoded(self) -> bytes:
        """Return the bytes to store."""
        self.has_grown = False
        return _encode(self._held)

    def _why_not(self, stored: _Stored) -> str:
        function = self._function
        tracked = function is not None and function.tracking is not None
        if function is not None and tracked and stored.logic and function.fingerprint not in stored.logic:
            return f"the logic of {function.name} has changed, or another function is mounted"
        gone = [name for fingerprint, name in stored.logic.items() if not is_live(fingerprint)]
        changed = next((name for name in gone if not _is_hidden(name)), None)
        if changed is not None:
            return f"the logic of {changed.partition(':')[2]} has changed, or it no longer exists"
        context = self._run.context_states
        if any(context.change_fingerprint(name) != fingerprint for name, fingerprint in stored.context):
            return "a context value has changed"
        if None not in (stored.args, self._held.args) and stored.args != self._held.args:
            return "the arguments that each item is mounted with have changed"
        if not self._run.deps.holds_for(stored.providers):
            return "a target was created again, or may have lost its content"
        return ""

    def _is_its_own(self, ident: int, batch: Batch | None) -> bool:
        """Return whether a provider belongs to a container that a child of the range declares, and is removed with it.

        So does a provider unknown in this update: the component that mounted the range has declared all others.
        """
        row = self._run.providers.by_id(ident)
        if row is None:
            return True
        get = self._run.store.get if batch is None else batch.get
        provider: Provider = row.provider
        while provider.parent is not None:
            state_id = owner_key(self._run.providers.row(provider.parent).id, encode_key(provider.key))
            owner = get(state_id)
            if owner is not None:
                return self._is_below(owner)
            provider = provider.parent
        return False

    def _is_below(self, record_key: bytes) -> bool:
        met: set[bytes] = set()  # a damaged store may contain a cycle
        at: bytes | None = record_key
        while at is not None and at not in met:
            if at.startswith(self._below):
                return True
            met.add(at)
            at = self._run.store.get(INDEX + at[1:9])
        return False


def _is_hidden(name: str) -> bool:
    """Return whether a function may appear later: its module is not imported yet, or another function defines it."""
    module, _, qualname = name.partition(":")
    if module and module not in sys.modules:
        return True
    return "<locals>" in qualname and not is_there(name)


def args_of(processor: Processor, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes | None:
    """Return the identity of a memoized function's arguments without the item; None if that is unknown."""
    function = processor.function
    if function is None or not function.memo:
        return None
    try:
        return function.memo_args.key((*processor.args, None, *args), kwargs, [])
    except Exception:  # a part of the key that depends on the item, or an argument that no child can have either
        return None

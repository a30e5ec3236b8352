"""What a stored position rests on: what the children depended on that ran since its source began. Layer: _live.

A source that goes on from a position tells nothing of what came before. So that is valid only as long as a memo of all
those children would be: with the same logic, the same context values and the same generations of targets.
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
    """What is stored of it.

    Args:
        logic: fingerprints of functions, with their names.
        context: names of context values, with their fingerprints.
        providers: ids of target providers, with their generations.
        args: what identifies the arguments that all children are given; None where it is not asked for.
    """

    logic: dict[bytes, str] = msgspec.field(default_factory=dict)
    context: set[tuple[str, bytes]] = msgspec.field(default_factory=set)
    providers: set[tuple[int, int]] = msgspec.field(default_factory=set)
    args: bytes | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Stored).decode


class Basis:
    """What the position of one live range rests on.

    Args:
        anchor: what its children are children of.
        prefix: how their paths begin.
        function: what a live map mounts; None for a live component.
        args: what identifies the arguments that it is given with each item; None where that does not count.

    Attributes:
        has_grown: whether there is more than was stored.
    """

    def __init__(self, anchor: Anchor, prefix: bytes, function: Processor | None, args: bytes | None) -> None:
        self._run = anchor.run
        self._below = CHILD + anchor.record.id + prefix
        self._function = None if function is None else function.function
        self._seen: set[bytes] = set()
        self._held = _Stored(args=args)
        self.has_grown = True

    def go_on_from(self, data: bytes) -> str:
        """Take up what is stored; why the position does not hold any more, where it does not."""
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
        """A child has run that depends on this set, or was skipped.

        Args:
            batch: that of the transaction which makes it durable; None where that was before.
        """
        if deps in self._seen:
            return
        if len(self._seen) >= _SEEN:
            self._seen.clear()
        self._seen.add(deps)
        held, found = self._held, self._run.deps.flattened(deps)
        # One that is gone already was made by a function that was called, and whose logic tells of it.
        logic = {each: name for each in found.logic - held.logic.keys() if (name := name_of(each))}
        context = found.context - held.context
        providers = {one for one in found.providers - held.providers if not self._is_its_own(one[0], batch)}
        if logic or context or providers:
            held.logic |= logic
            held.context |= context
            held.providers |= providers
            self.has_grown = True

    def encoded(self) -> bytes:
        """What is to be stored."""
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
        """Whether a provider is that of a container which a child of the range declares, so that it goes with it.

        One that this update has not met is, too: whoever mounted the range has declared all others.
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
        met: set[bytes] = set()  # a damaged store may lead back to where one was
        at: bytes | None = record_key
        while at is not None and at not in met:
            if at.startswith(self._below):
                return True
            met.add(at)
            at = self._run.store.get(INDEX + at[1:9])
        return False


def _is_hidden(name: str) -> bool:
    """Whether a function may come up only later: its module is not imported yet, or another function defines it."""
    module, _, qualname = name.partition(":")
    if module and module not in sys.modules:
        return True
    return "<locals>" in qualname and not is_there(name)


def args_of(processor: Processor, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes | None:
    """What identifies the arguments of a memoized function apart from the item; None where that cannot be said."""
    function = processor.function
    if function is None or not function.memo:
        return None
    try:
        return function.memo_args.key((*processor.args, None, *args), kwargs, [])
    except Exception:  # a part of the key that is made of the item, or an argument that no child can be given either
        return None

"""`mount_each`: one child for each item of a keyed iterable. Layer: _component.

This is the hot loop: unchanged children are settled where they are met, with no task, no object and no write.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from itertools import islice
from typing import Any

from .._engine.component import Component
from .._engine.keyspace import CHILD, bounded
from .._engine.record import Head, head_of
from .._function.memo_state import ask, decode_states, needs_await, settle
from .._function.processor import Processor, default_part, processor_of
from .._keys import StableKey, encode_key, encode_parts
from .._runtime.scope import Scope, current_scope
from .._values import StateRef
from ..errors import MountError
from .begin import refuse_in_call, split_arguments, start
from .handle import ComponentMountHandle, Group
from .subpath import checked_parts

_BATCH = 256

Item = tuple[StableKey, Any]


async def mount_each(*args: Any, **kwargs: Any) -> ComponentMountHandle:
    """Mount one child for each `(key, value)` of `items`: `fn(value, *args, **kwargs)` at the path `fn's name / key`.

    Call it as `mount_each(fn, items, *args)` or `mount_each(component_subpath(...), fn, items, *args)`. The items are
    taken as fast as the children finish; nothing is held of those that did not change.

    Args:
        items: pairs, from a sync or async iterable; keys are unique and the same in every run.

    Returns:
        A handle whose `ready()` waits for all children.

    Raises:
        As `mount`; and what the iterable raises.
    """
    scope = current_scope("coco.mount_each()")
    parts, fn, rest = split_arguments("coco.mount_each", args)
    if not rest:
        raise MountError("coco.mount_each() needs items: coco.mount_each(fn, items, ...)")
    refuse_in_call(scope)
    path = scope.prefix + (checked_parts(parts) if parts is not None else (default_part(fn),))
    each = _Each(scope, path, processor_of(fn), rest[1:], kwargs)
    async for batch in _batches(rest[0]):
        await each.mount(batch)
    return ComponentMountHandle(group=each.group)


class _Each:
    """What the children of one call share."""

    def __init__(
        self,
        scope: Scope,
        path: tuple[StableKey, ...],
        processor: Processor,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.group = Group()
        self._scope = scope
        self._path = path
        self._prefix = encode_parts(path)
        self._parent: Component = scope.component
        self._run = self._parent.run
        self._processor = processor
        self._args = args
        self._kwargs = kwargs
        self._board = scope.board or self._run.board
        self._counts = self._board.of(processor.name)
        self._hits = processor.memo and not processor.args and not self._run.full_reprocess
        if self._hits:
            assert processor.function is not None
            self._arg_key = processor.function.memo_args.each(args, kwargs)

    async def mount(self, batch: Sequence[Item]) -> None:
        """Mount the children of a batch."""
        parent, prefix = self._parent, self._prefix
        below = CHILD + parent.id
        keys = [prefix + encode_key(key) for key, _ in batch]
        # A parent that never had children has nothing to look up.
        records: Sequence[bytes | None]
        records = [None] * len(keys) if parent.is_new else self._run.store.get_many([below + bounded(k) for k in keys])
        self._counts.starts += len(keys)
        for (key, value), encoded, data in zip(batch, keys, records, strict=True):
            parent.claim(encoded, (*self._path, key))
            if data is None or not self._hits or not await self._skip(key, value, encoded, data):
                await self._start(key, value, encoded, data)
        self._board.changed()

    async def _skip(self, key: StableKey, value: Any, encoded: bytes, data: bytes) -> bool:
        """Settle an unchanged child on the spot; False where it has to be looked at by itself."""
        refs: list[StateRef] = []
        try:
            if not self._run.memo_fits(data, self._arg_key(value, refs)):
                return False
            if refs and not await self._unchanged(refs, head_of(data, key)):
                return False
        except Exception:
            return False  # met again, and reported, where the child is started
        self._counts.unchanged += 1
        self._parent.frame.nested.add(data[26:42])
        return True

    async def _unchanged(self, refs: list[StateRef], head: Head) -> bool:
        previous = decode_states(refs, head.states)
        answers = ask(refs, previous)
        if needs_await(answers):
            for answer in answers:
                if hasattr(answer, "close"):
                    answer.close()
            return False
        check = settle(refs, answers, previous)
        return check.valid and not check.changed

    async def _start(self, key: StableKey, value: Any, encoded: bytes, data: bytes | None) -> None:
        scope = self._scope
        child = Component(
            self._run,
            self._parent,
            (*self._path, key),
            encoded,
            data,
            self._processor,
            (value, *self._args),
            self._kwargs,
        )
        child.handlers = scope.handlers
        child.kind = "mount_each"
        child.board = self._board
        child.group = self.group
        self.group.open += 1
        self._counts.starts -= 1
        await start(child)


async def _batches(items: Any) -> AsyncIterator[Sequence[Item]]:
    """The items in lists: as the source gathers them, or as many as are at hand."""
    batches = getattr(items, "batches", None)
    if callable(batches):
        async for batch in batches():
            yield batch
    elif isinstance(items, AsyncIterable):
        async for item in items:
            yield [_checked(item)]
    elif isinstance(items, Iterable):
        pairs = iter(items)
        while batch := [_checked(item) for item in islice(pairs, _BATCH)]:
            yield batch
    else:
        raise MountError(f"coco.mount_each() takes an iterable of (key, value) pairs, not {type(items).__name__}")


def _checked(item: Any) -> Item:
    if not isinstance(item, tuple | list) or len(item) != 2:
        raise MountError(
            f"coco.mount_each() takes (key, value) pairs, not {item!r}; "
            "for a source, give its items(): coco.mount_each(fn, source.items(), ...)"
        )
    return (item[0], item[1])

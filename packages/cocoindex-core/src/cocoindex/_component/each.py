"""The hot loop of `mount_each`: unchanged children are settled where they are met, with no task, no object, no write.

Layer: _component.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from cocoindex._shown import shown

from .._engine.children import Expecting
from .._engine.component import Component
from .._engine.keyspace import CHILD, bounded
from .._engine.memo_check import ask_states, refuse_recollect
from .._engine.mount_call import MountCall
from .._engine.record import deps_of, head_of
from .._function.memo_state import StateCheck, decode_states, needs_await, settle, settle_async
from .._function.outcome import close_unstarted, outcomes_of_awaiting
from .._function.processor import Processor
from .._keys import StableKey, encode_key, encode_parts
from .._runtime.deadline import check_deadline, current_deadline
from .._runtime.interruption import is_interruption
from .._runtime.scope import Scope
from .._values import StateRef
from ..errors import MountError, MountTypeError, RecollectError
from .begin import execution_of
from .group import Group

_BATCH = 256

T = TypeVar("T")
Item = tuple[StableKey, Any]


class _Asked:
    """A child whose state functions answer asynchronously."""

    __slots__ = ("answers", "child", "fits", "previous", "refs")

    def __init__(self, child: Component, fits: bool, refs: list[StateRef], previous: list[Any], answers: list[Any]):
        self.child = child
        self.fits = fits
        self.refs = refs
        self.previous = previous
        self.answers = answers


class Each:
    """What the children of one call share."""

    def __init__(
        self,
        scope: Scope,
        path: tuple[StableKey, ...],
        processor: Processor,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.group = Group(scope.board)
        self._execution = execution_of(scope, "coco.mount_each()")
        self._parent = parent = self._execution.component
        self._path = path
        self._prefix = encode_parts(path)
        self._run = parent.run
        self._bodies = parent.run.bodies
        self._children = parent.children
        self._args = args
        self._board = scope.board or parent.run.board
        self._counts = self._board.of(processor.name)
        self._call = MountCall(
            parent.run,
            parent,
            processor,
            kwargs,
            board=self._board,
            handlers=scope.handlers,
            kind="mount_each",
            members=self.group,
        )
        self._arg_key: Callable[[Any, list[StateRef]], bytes] | None = None
        if processor.memo:
            assert processor.function is not None
            self._arg_key = processor.function.memo_args.each(args, kwargs, processor.args)

    async def mount_all(self, items: Any) -> None:
        """Take the items and mount a child for each."""
        met = 0
        try:
            async for batch in _batches(items):
                await self._mount(batch)
                met += len(batch)
                if met >= _BATCH:  # a long run of unchanged children must not hold up the loop
                    met = 0
                    await asyncio.sleep(0)
        finally:
            self.group.child_complete(None)

    async def _mount(self, batch: Sequence[Item]) -> None:
        """Mount the children of a batch: settle the unchanged ones, start the others."""
        execution, path = self._execution, self._path
        below = CHILD + self._parent.record.id
        keys = [self._prefix + encode_key(key) for key, _ in batch]
        records: Sequence[bytes | None]
        if self._parent.record.is_new:  # it never had children: there is nothing to look up
            records = [None] * len(keys)
        else:
            records = self._run.store.get_many([below + bounded(key) for key in keys])
        asked: list[_Asked] = []
        rows: Iterable[tuple[Item, bytes, bytes | None]] = zip(batch, keys, records, strict=True)
        if (deadline := current_deadline()) is not None:
            rows = _until(deadline, rows)
        try:
            for (key, value), encoded, data in rows:
                execution.claim(encoded, (*path, key))
                self._counts.starts += 1
                if self._arg_key is None:
                    await self._launch(self._child(key, value, encoded, data))
                else:
                    await self._settle(key, value, encoded, data, self._arg_key, asked)
        finally:  # those that came before an item that is refused are mounted all the same
            if asked:
                await self._settle_asked(asked)
        self._board.changed()

    async def _settle(
        self,
        key: StableKey,
        value: Any,
        encoded: bytes,
        data: bytes | None,
        arg_key_of: Callable[[Any, list[StateRef]], bytes],
        asked: list[_Asked],
    ) -> None:
        """Skip one memoized child, or start it; put it off where its states have to be awaited."""
        refs: list[StateRef] = []
        check: StateCheck | None = None
        try:
            arg_key = arg_key_of(value, refs)
            fits = data is not None and self._run.memo_fits(data, arg_key)
            if refs:
                previous = decode_states(refs, head_of(data, key).states if fits and data is not None else None)
                answers = ask_states(refs, previous)
                if needs_await(answers):
                    child = self._child(key, value, encoded, data)
                    child.record.arg_key = arg_key
                    asked.append(_Asked(child, fits, refs, previous, answers))
                    return
                check = settle(refs, answers, previous)
        except BaseException as exc:
            if is_interruption(exc):
                raise
            child = self._child(key, value, encoded, data)
            with self._expecting(child):
                child.settle(exc)
            return
        if fits and data is not None and (check is None or (check.valid and not check.changed)):
            self._counts.unchanged += 1
            if self._call.under_memo:
                self._execution.frame.nested.add(deps_of(data))
            return
        child = self._child(key, value, encoded, data)
        child.record.arg_key = arg_key
        await self._decide(child, fits, check)

    async def _settle_asked(self, asked: list[_Asked]) -> None:
        """Await the states of a batch, all together; then skip or start its children."""
        left = iter(asked)
        try:
            outcomes = await outcomes_of_awaiting(
                [settle_async(item.refs, item.answers, item.previous) for item in asked]
            )
            for outcome, item in zip(outcomes, left, strict=True):
                if outcome.error is not None:
                    with self._expecting(item.child):
                        item.child.settle(outcome.error)
                else:
                    await self._decide(item.child, item.fits, outcome.get())
        except BaseException as exc:  # the mount was cancelled: these are mounted, and did not run
            for item in left:
                close_unstarted(item.answers)
                with self._expecting(item.child):
                    if not self._run.stopping:
                        item.child.give_up(exc)
            raise

    async def _decide(self, child: Component, fits: bool, check: StateCheck | None) -> None:
        child.record.check = check
        if fits and (check is None or check.valid):
            assert child.record.data is not None
            child.record.deps = deps_of(child.record.data)
            with self._expecting(child):
                child.skip()
            return
        try:
            refuse_recollect(child)
        except RecollectError as exc:
            with self._expecting(child):
                child.settle(exc)
        else:
            await self._launch(child)

    async def _launch(self, child: Component) -> None:
        self.group.open += 1
        self._children.expect()
        try:  # the same as `_expecting`, for the many
            await self._bodies.launch(child)
        except BaseException as exc:
            if not child.run.stopping:
                child.give_up(exc)
            raise

    def _expecting(self, child: Component) -> Expecting:
        self.group.open += 1
        return self._children.expecting(child)

    def _child(self, key: StableKey, value: Any, encoded: bytes, data: bytes | None) -> Component:
        return Component(self._call, (*self._path, key), encoded, data, (value, *self._args))


def _until(deadline: float, rows: Iterable[T]) -> Iterator[T]:
    """`rows`, as long as the caller has time to mount more."""
    for row in rows:
        check_deadline(deadline, "coco.mount_each()")
        yield row


async def _batches(items: Any) -> AsyncIterator[Sequence[Item]]:
    """The items in lists: as the source gathers them, or as many as are at hand."""
    if isinstance(items, Mapping):
        raise _no_items(items, "give its items()")
    batches = getattr(items, "batches", None)
    if callable(batches):
        async for batch in batches():
            yield batch
    elif isinstance(items, AsyncIterable):
        async for item in items:
            yield [_checked(item)]
    elif isinstance(items, Iterable):
        for batch in _chunks(items):
            yield batch
    elif inspect.iscoroutine(items):
        items.close()
        raise _no_items(items, "await it")
    elif callable(getattr(items, "items", None)):
        raise _no_items(items, "give its items()")
    else:
        raise _no_items(items, "call it" if callable(items) else "give what can be iterated over")


def _chunks(items: Iterable[Any]) -> Iterator[list[Item]]:
    """Many at a time; where the source raises, or gives what is no item, those before it first."""
    pairs = iter(items)
    while True:
        batch: list[Item] = []
        try:
            for item in islice(pairs, _BATCH):
                batch.append(_checked(item))  # what is there when it raises is wanted
        except BaseException:
            if batch:
                yield batch
            raise
        if not batch:
            return
        yield batch


def _no_items(items: Any, advice: str) -> MountTypeError:
    return MountTypeError(
        f"coco.mount_each() takes an iterable of (key, value) pairs, not a {type(items).__name__}: {shown(items)}; "
        f"{advice}: coco.mount_each(fn, items, ...)"
    )


def _checked(item: Any) -> Item:
    if isinstance(item, tuple | list):
        if len(item) == 2:
            return (item[0], item[1])
        raise MountError(f"coco.mount_each() takes (key, value) pairs, not {len(item)} values: {shown(item)}")
    raise MountTypeError(
        f"coco.mount_each() takes (key, value) pairs, not {shown(item)}; "
        "for a source, give its items(): coco.mount_each(fn, source.items(), ...)"
    )

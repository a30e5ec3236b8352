"""The hot loop of `mount_each`: unchanged children are skipped in place, without a task, an object or a write.

Layer: _component.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from cocoindex._shown import shown

from .._engine.component import Component
from .._engine.execution import Execution
from .._engine.keyspace import CHILD, bounded
from .._engine.memo_check import ask_states, refuse_recollect
from .._engine.memo_mark import StatesMark
from .._engine.mount_call import MountCall
from .._engine.record import LIVE, deps_of, head_of
from .._function.memo_state import StateCheck, decode_states, needs_await, settle, settle_async
from .._function.outcome import close_unstarted, outcomes_of_awaiting
from .._function.processor import Processor
from .._keys import StableKey, encode_key, encode_parts
from .._runtime.closed import closed
from .._runtime.deadline import check_deadline, current_deadline
from .._runtime.interruption import is_interruption
from .._runtime.scope import Scope
from .._values import StateRef
from ..errors import MountError, MountTypeError, RecollectError
from .group import Group

if TYPE_CHECKING:
    from .._live.generation import MapScan

_BATCH = 256

T = TypeVar("T")
Item = tuple[StableKey, Any]


class _Asked:
    """A child with asynchronous state functions."""

    __slots__ = ("answers", "child", "fits", "previous", "refs")

    def __init__(self, child: Component, fits: bool, refs: list[StateRef], previous: list[Any], answers: list[Any]):
        self.child = child
        self.fits = fits
        self.refs = refs
        self.previous = previous
        self.answers = answers


class Each:
    """The common part of the children of one call.

    Args:
        group: counts the open children.
        call: the mount call.
        is_new: whether there cannot be children of earlier updates.
        owner: registers each child: the run of the mounting component, or the scan of a live map.
    """

    def __init__(
        self,
        group: Group,
        call: MountCall,
        path: tuple[StableKey, ...],
        args: tuple[Any, ...],
        owner: Execution | MapScan,
        *,
        is_new: bool,
    ) -> None:
        assert call.parent is not None
        processor, kwargs = call.processor, call.kwargs
        self.group = group
        self._scan = None if isinstance(owner, Execution) else owner
        self._execution = owner if isinstance(owner, Execution) else None
        self._below = CHILD + call.parent.record.id
        self._is_new = is_new
        self._path = path
        self._prefix = encode_parts(path)
        self._run = call.run
        self._bodies = call.run.bodies
        self._args = args
        self._board = call.board
        self._counts = self._board.of(processor.name)
        self._call = call
        self._arg_key: Callable[[Any, list[StateRef]], bytes] | None = None
        if processor.memo:
            assert processor.function is not None
            self._arg_key = processor.function.memo_args.each(args, kwargs, processor.args)

    async def mount_all(self, items: Any) -> None:
        """Iterate over the items and mount a child for each."""
        try:
            async with closed(_batches(items)) as batches:
                async for batch in batches:
                    await self._mount(batch)
        finally:
            self.group.child_complete(None)

    async def _mount(self, batch: Sequence[Item]) -> None:
        """Mount the children of a batch: skip the unchanged ones, start the others."""
        execution, scan, path, below = self._execution, self._scan, self._path, self._below
        bodies = self._bodies
        slice = bodies.slice
        keys = [self._prefix + encode_key(key) for key, _ in batch]
        children = None if execution is None or execution.closed else execution.component.children
        if scan is not None:
            scan.meet(keys)
        records: Sequence[bytes | None]
        if self._is_new:  # it never had children: there is nothing to look up
            records = [None] * len(keys)
        else:
            records = self._run.store.get_many([below + bounded(key) for key in keys])
        asked: list[_Asked] = []
        rows: Iterable[tuple[Item, bytes, bytes | None]] = zip(batch, keys, records, strict=True)
        if (deadline := current_deadline()) is not None:
            rows = _until(deadline, rows)
        try:
            for (key, value), encoded, data in rows:
                if execution is not None:
                    if children is None or execution.closed:
                        execution.claim(encoded, (*path, key))  # reports why it is too late
                    else:
                        children.claim(encoded, (*path, key))
                elif scan is not None and not scan.takes(encoded, key, value):
                    continue
                self._counts.starts += 1
                if self._arg_key is None:
                    child = self._expected(self._child(key, value, encoded, data))
                else:
                    child = self._settle(key, value, encoded, data, self._arg_key, asked)
                if child is not None:
                    try:
                        if scan is not None or not bodies.starts(child):
                            await self._launch(child)
                    except BaseException as exc:
                        self._give_up(child, exc)
                        raise
                if slice.is_over():
                    await slice.pass_on()
        finally:  # items before a refused item are mounted in any case
            if asked:
                await self._settle_asked(asked)
        self._board.changed()

    def _settle(
        self,
        key: StableKey,
        value: Any,
        encoded: bytes,
        data: bytes | None,
        arg_key_of: Callable[[Any, list[StateRef]], bytes],
        asked: list[_Asked],
    ) -> Component | None:
        """Skip one memoized child, or return it to be started; postpone it if its states must be awaited."""
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
                    if self._expected(child) is not None:
                        asked.append(_Asked(child, fits, refs, previous, answers))
                    else:
                        close_unstarted(answers)
                    return None
                check = settle(refs, answers, previous)
        except BaseException as exc:
            if is_interruption(exc):
                raise
            child = self._child(key, value, encoded, data)
            if self._expected(child) is not None:
                child.settle(exc)
            return None
        if fits and data is not None and (check is None or (check.valid and not check.changed)):
            self._counts.unchanged += 1
            if self._call.under_memo:
                self._skipped(data)
            return None
        if fits and data is not None and check is not None and check.valid and self._keeps(encoded, data, check):
            return None
        child = self._child(key, value, encoded, data)
        child.record.arg_key = arg_key
        return child if self._expected(child) is not None and self._must_run(child, fits, check) else None

    def _keeps(self, encoded: bytes, data: bytes, check: StateCheck) -> bool:
        """Skip one memoized child and write its new memo states; return False if a component must do that."""
        if self._execution is None:  # a live range may have another call of the key
            return False
        try:
            states = check.stored()
        except Exception:  # the component fails with it
            return False
        self._counts.unchanged += 1
        if self._call.under_memo:
            self._skipped(data)
        self._execution.component.children.expect()
        self.group.open += 1
        key = self._below + bounded(encoded)
        self._run.committer.add(StatesMark(key, states, self._run.rerun, self._kept))
        return True

    def _kept(self, error: BaseException | None) -> None:
        """Called when new memo states are durable."""
        assert self._execution is not None
        self._execution.component.children.ended_unchanged()
        self.group.child_complete(error)

    def _skipped(self, data: bytes) -> None:
        """Add the dependencies of a skipped child to memoized components above."""
        if self._execution is None:
            assert self._scan is not None
            self._scan.skipped(deps_of(data))
            return
        self._execution.frame.nested.add(deps_of(data))
        if data[1] & LIVE:
            self._execution.component.record.live = True

    async def _settle_asked(self, asked: list[_Asked]) -> None:
        """Await the states of a batch concurrently, then skip or start its children."""
        decided = 0
        try:
            outcomes = await outcomes_of_awaiting(
                [settle_async(item.refs, item.answers, item.previous) for item in asked]
            )
            for outcome, item in zip(outcomes, asked, strict=True):
                if outcome.error is not None:
                    item.child.settle(outcome.error)
                elif self._must_run(item.child, item.fits, outcome.get()):
                    await self._launch(item.child)
                decided += 1
        except BaseException as exc:  # the mount was cancelled: these are mounted but did not run
            for item in asked[decided:]:
                close_unstarted(item.answers)
                self._give_up(item.child, exc)
            raise

    def _must_run(self, child: Component, fits: bool, check: StateCheck | None) -> bool:
        """Skip a memoized child whose states are known, or return True if it must run."""
        child.record.check = check
        if fits and (check is None or check.valid):
            assert child.record.data is not None
            child.record.deps = deps_of(child.record.data)
            child.skip()
            return False
        try:
            refuse_recollect(child)
        except RecollectError as exc:
            child.settle(exc)
            return False
        return True

    async def _launch(self, child: Component) -> None:
        if self._scan is None:
            await self._bodies.launch(child)
        else:
            await self._scan.launch(child)

    def _give_up(self, child: Component, error: BaseException) -> None:
        """Complete a child that could not be started: whoever waits for it would wait for ever."""
        if not self._run.stopping:
            child.give_up(error)

    def _expected(self, child: Component) -> Component | None:
        """Count a child as open and return it, or None if another call handles it."""
        if self._execution is not None:
            self._execution.component.children.expect()
        elif self._scan is not None and not self._scan.began(child):
            return None
        self.group.open += 1
        return child

    def _child(self, key: StableKey, value: Any, encoded: bytes, data: bytes | None) -> Component:
        return Component(self._call, (*self._path, key), encoded, data, (value, *self._args))


async def mount_list(
    scope: Scope,
    execution: Execution,
    path: tuple[StableKey, ...],
    processor: Processor,
    items: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Group:
    """Mount a child of the running component for each of `items`, which are iterated once."""
    parent = execution.component
    parent.children.note_path(path)
    group = Group(scope.board, parent.run.waits)
    call = MountCall(
        parent.run,
        parent,
        processor,
        kwargs,
        board=scope.board or parent.run.board,
        handlers=scope.handlers,
        kind="mount_each",
        members=group,
    )
    each = Each(group, call, path, args, execution, is_new=parent.record.is_new)
    await each.mount_all(items)
    return group


def _until(deadline: float, rows: Iterable[T]) -> Iterator[T]:
    """Yield `rows` until the caller's time limit has passed."""
    for row in rows:
        check_deadline(deadline, "coco.mount_each()")
        yield row


async def _batches(items: Any) -> AsyncIterator[Sequence[Item]]:
    """Yield the items in lists: the source's batches, or the items at hand."""
    if isinstance(items, Mapping):
        raise _no_items(items, "give its items()")
    batches = getattr(items, "batches", None)
    if callable(batches):
        async with closed(batches()) as given:
            async for batch in given:
                yield batch
    elif isinstance(items, AsyncIterable):
        async with closed(items) as given:
            async for item in given:
                yield [_checked(item)]
    elif isinstance(items, Iterable):
        for batch in _chunks(items):
            yield batch
    elif inspect.iscoroutine(items):
        items.close()
        raise _no_items(items, "await it")
    elif callable(getattr(items, "watch", None)) and not isinstance(items, type):
        raise _no_items(items, "for a live map, define its watch() by async def")
    elif callable(getattr(items, "items", None)):
        raise _no_items(items, "give its items()")
    else:
        raise _no_items(items, "call it" if callable(items) else "give what can be iterated over")


def _chunks(items: Iterable[Any]) -> Iterator[list[Item]]:
    """Yield many items at a time; before an exception of the source or an invalid item, yield the items before it."""
    pairs = iter(items)
    while True:
        batch: list[Item] = []
        try:
            for item in islice(pairs, _BATCH):
                batch.append(_checked(item))  # the items before the exception are needed
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

"""Removes components that were not mounted any more, deepest first. Layer: _engine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .._keys import ROOT_PATH, StableKey, StablePath, decode_parts
from .._runtime.failure import ExceptionContext
from .._values import hash16
from ..errors import DropError, RecordError
from . import entries, record
from .batch import Batch
from .commitment import settle_containers
from .keyspace import CALL, CHILD, INDEX, STATE
from .plan import Plan
from .record import CALLS, CHILDREN, STATES_APART, Head

if TYPE_CHECKING:
    from .._runtime.counts import CountBoard
    from .._runtime.failure import ExceptionHandler
    from .component import Component
    from .plan import Planner
    from .run import Run

_CHUNK = 1024
_PLAIN_HEAD_BYTES = 8


def mark_of(path: bytes) -> bytes:
    """What is held in memory of a child's path below its parent: at most 16 bytes."""
    return path if len(path) <= 16 else hash16(path)


def stale_children(component: Component, *, limit: int, after: bytes | None = None) -> list[bytes]:
    """The record keys of children that earlier runs mounted and this one did not: at most `limit`."""
    prefix = CHILD + component.id
    seen = component.seen or ()
    found: list[bytes] = []
    while True:
        keys = component.run.store.scan_keys(prefix, after=after, limit=_CHUNK)
        for key in keys:
            if mark_of(key[len(prefix) :]) not in seen:
                found.append(key)
                if len(found) == limit:
                    return found
        if len(keys) < _CHUNK:
            return found
        after = keys[-1]


class Sweep:
    """One sweep: how many removals of it are still open, what failed, and whom to tell.

    Attributes:
        board: where they are counted.
        handlers: who is told of failures; None where the caller raises them.
        dropping: whether everything goes: then nothing is written of what is removed, as a mark says that all of it
            may be missing, and the end of it deletes the records in bulk.
        errors: what failed, with the path and the key of the record.
        names: the functions' names in short heads of records, which many have in common.
    """

    def __init__(
        self,
        run: Run,
        board: CountBoard,
        handlers: tuple[ExceptionHandler, ...] | None,
        *,
        dropping: bool = False,
    ) -> None:
        self.run = run
        self.board = board
        self.handlers = handlers
        self.dropping = dropping
        self.errors: list[tuple[Removal, BaseException]] = []
        self.names: dict[bytes, str] = {}
        self.active = 0
        self._quiet: asyncio.Future[None] | None = None

    def settled(self) -> None:
        """One removal is committed, failed or put off."""
        self.active -= 1
        if self.active == 0 and self._quiet is not None and not self._quiet.done():
            self._quiet.set_result(None)

    async def quiet(self) -> None:
        """Wait until nothing is in flight."""
        while self.active:
            self._quiet = asyncio.get_running_loop().create_future()
            await self._quiet


class Removal:
    """The removal of one component; a unit of commitment."""

    __slots__ = ("_above", "data", "expanded", "failed", "final", "open", "parent", "plan", "record_key", "sweep")
    states = 0

    def __init__(
        self, sweep: Sweep, parent: Removal | None, above: Removal | Component | None, record_key: bytes, data: bytes
    ) -> None:
        self.sweep = sweep
        self.parent = parent
        self.record_key = record_key
        self.data = data
        self._above = above
        self.open = 0
        self.expanded = False
        self.failed = False
        self.final = False
        self.plan: Plan | None = None

    @property
    def stable_path(self) -> StablePath:
        above = ROOT_PATH if self._above is None else self._above.stable_path
        for part in path_parts(self.record_key, self.data, above):
            above = above / part
        return above

    def __str__(self) -> str:
        return str(self.stable_path)

    @property
    def name(self) -> str:
        if not record.is_readable(self.data):
            return "?"
        names, head = self.sweep.names, record.encoded_head_of(self.data)
        name = names.get(head)
        if name is None:
            name = self.sweep.run.facts.name(record.head_of(self.data, self).name)
            if len(head) <= _PLAIN_HEAD_BYTES:
                names[head] = name
        return name

    def submit(self) -> None:
        self.sweep.active += 1
        self.sweep.run.committer.add(self)

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        if not self.sweep.dropping:
            self.data = batch.get(self.record_key) or self.data
        return planner.plan(self.record_key, self.data, {}, set(), self)

    @property
    def postponed(self) -> bool:
        """Whether something is left whose container has not been met in this run; it may be about to go itself."""
        return self.plan is not None and self.plan.uncertain

    def promise(self, batch: Batch) -> None:
        assert self.plan is not None
        if self.sweep.dropping:
            return
        if self.plan.kept:
            self._write(batch, self.plan.changes_before())
        else:
            batch.put(self.record_key, record.with_flags(self.data, (self.data[1] & ~record.MEMO) | record.UNSURE))

    def fulfil(self, batch: Batch) -> None:
        assert self.plan is not None
        if self.plan.containers:
            settle_containers(self.plan, batch, self.sweep.run.providers)
        if self.sweep.dropping:
            return
        for ident in self.plan.removed:
            batch.delete(ident)
        if self.plan.uncertain:
            self._write(batch, self.plan.changes_after())
        else:
            forget_record(batch, self.record_key, self.data)

    def finish(self, error: BaseException | None) -> None:
        sweep = self.sweep
        if error is None and self.postponed:
            if not self.final:
                sweep.run.postponed.append(self)
                sweep.settled()
                return
            error = self._unreachable()
        if error is None:
            sweep.board.of(self.name).deletes += 1
            self._child_done(self.parent, failed=False)
            sweep.settled()
            return
        self._failed(error)

    def fail_unreadable(self) -> None:
        """Its record cannot be read: nothing is known of it that could be removed."""
        self.sweep.active += 1
        try:
            record.header_of(self.data, self)
        except RecordError as exc:
            self._failed(exc)

    def _failed(self, error: BaseException) -> None:
        sweep = self.sweep
        sweep.board.of(self.name).errors += 1
        self.failed = True
        sweep.errors.append((self, error))
        self._child_done(self.parent, failed=True)
        if sweep.handlers is None:
            sweep.settled()
        else:
            sweep.run.spawn(self._report(error, sweep.handlers))

    def all_expected(self) -> None:
        """All its children are known now: submit it where they are all gone already."""
        self.expanded = True
        self._try_submit()

    def _child_done(self, parent: Removal | None, *, failed: bool) -> None:
        if parent is not None:
            parent.open -= 1
            parent.failed |= failed
            parent._try_submit()

    def _try_submit(self) -> None:
        if self.expanded and self.open == 0:
            if self.failed:
                self._child_done(self.parent, failed=True)
            else:
                self.submit()

    async def _report(self, error: BaseException, handlers: tuple[ExceptionHandler, ...]) -> None:
        run = self.sweep.run
        above = None if self._above is None else str(self._above.stable_path)
        context = ExceptionContext(run.env.name, str(self), self.name, "delete_background", above)
        await run.tell(error, context, handlers)
        self.sweep.settled()

    def _write(self, batch: Batch, changes: dict[entries.Ident, record.Stored | None]) -> None:
        assert self.plan is not None
        header = record.header_of(self.data, self)
        flags = header.flags & ~(record.MEMO | record.UNSURE)
        flags, encoded = entries.place(batch, header.id, flags, self.plan.kept, changes)
        head = record.head_of(self.data, self)
        head = Head(head.name, path=head.path)
        batch.put(self.record_key, record.encode(flags, header.id, record.NO_HASH, record.NO_DEPS, head, encoded))

    def _unreachable(self) -> DropError:
        return DropError(
            f"target states of component {self} cannot be removed: nothing declares or registers their container "
            "in this run. Import the module that registers the target, or declare the container once more"
        )


def forget_record(batch: Batch, record_key: bytes, data: bytes) -> None:
    """Delete what is stored of a component itself."""
    flags, ident = data[1], data[2:10]
    if flags & STATES_APART:
        batch.drop(STATE + ident)
    if flags & CALLS:
        batch.drop(CALL + ident)
    if flags & CHILDREN:
        batch.delete(INDEX + ident)
    batch.delete(record_key)


def path_parts(record_key: bytes, data: bytes, where: object) -> list[StableKey]:
    """The path of a component below its parent, from its record."""
    encoded = record.head_of(data, where).path if record.is_readable(data) else None
    return decode_parts(record_key[9:] if encoded is None else encoded)


async def sweep(component: Component) -> None:
    """Remove the children of `component` that its run did not mount; then it is complete."""
    try:
        work = await _remove_stale(component)
    except Exception as exc:
        component.settle(exc)
        return
    assert component.plan is not None
    component.stale = False
    if component.processor.memo and component.ok and not (work.errors or component.plan.uncertain):
        component.run.committer.add(MemoMark(component))
    else:
        component.count()
        component.settle(None)


async def _remove_stale(component: Component) -> Sweep:
    run = component.run
    work = Sweep(run, component.board, component.handlers)
    after: bytes | None = None
    while keys := stale_children(component, limit=_CHUNK, after=after):
        for key, data in zip(keys, run.store.get_many(keys), strict=True):
            if data is not None:
                await remove(work, None, component, key, data)
        after = keys[-1]
        await run.committer.room()
    await work.quiet()
    return work


async def remove(
    work: Sweep, parent: Removal | None, above: Removal | Component | None, key: bytes, data: bytes
) -> None:
    """Remove a component and all that is below it; the commits are under way when it returns."""
    node = Removal(work, parent, above, key, data)
    if parent is not None:
        parent.open += 1
    if not record.is_readable(data):
        node.fail_unreadable()
        return
    if not data[1] & CHILDREN:
        node.submit()
        return
    prefix, after = CHILD + data[2:10], None
    while rows := work.run.store.scan(prefix, after=after, limit=_CHUNK):
        for child, record_data in rows:
            await remove(work, node, node, child, record_data)
        after = rows[-1][0]
        await work.run.committer.room()
    node.all_expected()


def forget_dropped(work: Sweep) -> None:
    """After a drop of which something failed: delete the records of what was removed, keep those of the rest."""
    store = work.run.store
    kept: set[bytes] = set()
    for removal, _ in work.errors:
        at: Removal | None = removal
        while at is not None:
            kept.add(at.record_key)
            at = at.parent
    after: bytes | None = None
    while rows := store.scan(CHILD, after=after, limit=_CHUNK):
        batch = Batch(store)
        for key, data in rows:
            if key not in kept:
                for ident in entries.load(batch, data, key.hex()):
                    if batch.get(ident) == key:
                        batch.delete(ident)
                forget_record(batch, key, data)
        after = rows[-1][0]
        batch.commit()


class MemoMark:
    """Writes that a component may be skipped from now on, or its memo states anew; a unit of commitment."""

    __slots__ = ("_component", "plan", "record_key")
    states = 0

    def __init__(self, component: Component) -> None:
        self._component = component
        self.record_key: bytes = component.record_key
        self.plan: Plan | None = None

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        return Plan({})

    def promise(self, batch: Batch) -> None:
        """Nothing: there are no actions."""

    def fulfil(self, batch: Batch) -> None:
        component = self._component
        data = batch.get(self.record_key)
        if data is None:
            return
        head = record.head_of(data, component)
        check = component.check
        states = check.stored() if check is not None and check.states else None
        head = Head(head.name, states, component.stored_result, head.path)
        header = record.header_of(data, component)
        flags, rest = header.flags | record.MEMO, record.encoded_entries_of(data)
        batch.put(self.record_key, record.encode(flags, header.id, component.arg_key, component.deps, head, rest))

    def finish(self, error: BaseException | None) -> None:
        component = self._component
        if error is None:
            component.count()
        component.settle(error)

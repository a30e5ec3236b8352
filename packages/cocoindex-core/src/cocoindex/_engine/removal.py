"""The removal of one component: its target states, then its stored data. Layer: _engine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from .._described import is_a
from .._keys import ROOT_PATH, StablePath
from .._runtime.failure import ExceptionContext
from ..errors import ContainerLostError, DropError, RecordError
from . import record, stored_states
from .plan import Plan
from .record import Head
from .stored_record import doubt_states, forget_record, path_parts

if TYPE_CHECKING:
    from .._runtime.counts import CountBoard, Counts
    from .._runtime.failure import ExceptionHandler, MountKind
    from .anchor import Anchor
    from .batch import Batch
    from .component import Component
    from .mount_call import MountCall
    from .planner import Planner
    from .run import Run


class Removals:
    """Removals that belong together: how many are open, which failed, and who is told.

    Attributes:
        board: counts them.
        handlers: the exception handlers; None if the caller raises the failures.
        dropping: whether the whole app is dropped. Then single removals write nothing: a mark says that everything may
            be missing, and at the end the records are deleted in bulk.
        failed: whether something failed.
        errors: the failures that are still to be reported or tried again.
        tentative: whether failures may be tried again, so that they are reported only by `report`.
        any_gone: whether anything was removed.
        counts: the counters by the ids of functions' names.
        kind: the kind of operation, for exception handlers.
    """

    def __init__(
        self,
        run: Run,
        board: CountBoard,
        handlers: tuple[ExceptionHandler, ...] | None,
        *,
        dropping: bool = False,
        kind: MountKind = "delete_background",
        tentative: bool = False,
    ) -> None:
        self.run = run
        self.board = board
        self.handlers = handlers
        self.dropping = dropping
        self.kind = kind
        self.tentative = tentative
        self.any_gone = self.failed = False
        self.errors: list[tuple[Removal, BaseException]] = []
        self.counts: dict[int, Counts] = {}
        self._open = 0
        self._quiet: asyncio.Future[None] | None = None

    def begun(self) -> None:
        """Record that a removal has begun."""
        self._open += 1

    def settled(self) -> None:
        """Record that a removal is committed, has failed or is put off."""
        self._open -= 1
        if self._open == 0 and self._quiet is not None and not self._quiet.done():
            self._quiet.set_result(None)

    async def report(self) -> None:
        """Report the failures, which are not tried again."""
        if self.tentative:
            self.tentative = False
            errors, self.errors = self.errors, []
            for removal, error in errors:
                self.begun()
                removal.report(error)
            errors.clear()
            await self.quiet()

    def forget(self) -> None:
        """Forget the failures and what waits for its container: another sweep will find them."""
        self.errors.clear()
        run = self.run
        run.postponed = [removal for removal in run.postponed if removal.removals is not self]

    async def quiet(self) -> None:
        """Wait until nothing is in flight."""
        while self._open:
            self._quiet = asyncio.get_running_loop().create_future()
            await self._quiet


class RemovalTold(Protocol):
    """Listens to the end of the removal of a component and everything below it."""

    def removed(self, removal: Removal, error: BaseException | None, propagated: BaseException | None, /) -> None:
        """Called when it is gone, or with the reported `error` that kept it or something below it."""
        ...


class Removal:
    """The removal of one component, after everything below it; a unit of commitment.

    Attributes:
        parent: the removal that waits for it.
        above: the component above it, whose path is known.
        data: the component's record.
        put_off: whether it was put off before, as its container was not known.
        final: whether nothing remains to wait for.
        told: is told how it ended.
    """

    __slots__ = (
        "_expanded",
        "_failed",
        "_has_lost",
        "_open",
        "_void",
        "_was_told",
        "above",
        "data",
        "final",
        "parent",
        "plan",
        "put_off",
        "record_key",
        "removals",
        "told",
    )
    call: MountCall | None = None
    states: int = 0
    weight: int = 0

    def __init__(
        self,
        removals: Removals,
        parent: Removal | None,
        above: Removal | Component | Anchor | None,
        record_key: bytes,
        data: bytes,
        told: RemovalTold | None = None,
    ) -> None:
        self.removals = removals
        self.parent = parent
        self.record_key = record_key
        self.data = data
        self.above = above
        self.put_off = self.final = False
        self.plan: Plan | None = None
        self._open = 0
        self._expanded = self._void = self._was_told = False
        self._failed: BaseException | None = None
        self._has_lost = False
        self.told = told
        if parent is not None:
            parent._open += 1

    @property
    def stable_path(self) -> StablePath:
        chain: list[Removal] = []
        at: Removal | Component | Anchor | None = self
        while isinstance(at, Removal):
            chain.append(at)
            at = at.above
        path = ROOT_PATH if at is None else at.stable_path
        parts = list(path.parts())
        for removal in reversed(chain):
            parts += path_parts(removal.record_key, removal.data, removal.record_key.hex())
        return StablePath.from_parts(tuple(parts))

    def __str__(self) -> str:
        return str(self.stable_path)

    @property
    def name(self) -> str:
        """Return the name of the component's function."""
        if not record.is_readable(self.data):
            return "?"
        return self.removals.run.facts.name(record.name_of(self.data))

    def _counted(self) -> Counts:
        """Return the counter of its removal; call it after the removal was planned."""
        removals, name = self.removals, record.name_of(self.data)
        counts = removals.counts.get(name)
        if counts is None:
            counts = removals.counts[name] = removals.board.of(self.name)
        return counts

    # Its children first

    def all_expected(self) -> None:
        """Note that everything below it is known; submit it if that is already gone."""
        self._expanded = True
        self._try_submit()

    def submit(self) -> None:
        self.removals.begun()
        self.removals.run.committer.add(self)

    def is_freed(self) -> bool:
        """Return whether each container that it was put off for is known by now, or gone with what it had in it."""
        run = self.removals.run
        return self.plan is not None and all(
            run.providers.by_id(entry.provider) is not None or run.store.get(state_id) != self.record_key
            for state_id, entry in self.plan.kept.items()
        )

    def fail_unreadable(self) -> None:
        """Fail: the record cannot be read, so what to remove is unknown."""
        self.removals.begun()
        try:
            record.header_of(self.data, self)
        except RecordError as exc:
            self._fail(exc)

    def _below_ended(self, failure: BaseException | None) -> None:
        self._open -= 1
        if failure is not None and self._failed is None:
            self._failed = failure
        if self._open == 0:
            self._try_submit()

    def _try_submit(self) -> None:
        at: Removal | None = self
        while at is not None and at._expanded and at._open == 0:
            if at._failed is None:
                at.submit()
                return
            failure, at._failed = at._failed, None  # whose frames may refer to it
            if (parent := at.parent) is not None:
                parent._open -= 1
                parent._failed = parent._failed or failure
            elif at.told is not None:
                at.told.removed(at, failure, None)
            at = parent

    # Its commitment: a `Unit`

    def certain_providers(self) -> tuple[tuple[int, int], ...]:
        provider = record.first_provider_of(self.data)
        return () if provider is None else ((provider, 0),)

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        if self.removals.dropping:
            return planner.plan_everything_gone(self.record_key, self.data, self)
        current = batch.get(self.record_key)
        if self.put_off and current != self.data:  # it was run again, or removed, since it was put off
            self._void = True
            return Plan({})
        self.data = current or self.data
        return planner.plan(self.record_key, self.data, {}, set(), self)

    def write_ahead(self, batch: Batch) -> None:
        assert self.plan is not None
        if self.removals.dropping:
            return
        self._forget_memos_above(batch)
        self._write_owners(batch, self.plan)
        if self.plan.kept:
            self._write(batch, self.plan, self.plan.changes_before())
        else:
            doubt_states(batch, self.record_key, self.data)
            self.data = batch.get(self.record_key) or self.data

    def commit(self, batch: Batch) -> None:
        plan = self.plan
        assert plan is not None
        if self._void:
            return
        if plan.containers:
            self.removals.run.providers.settle_containers(plan, batch, self.removals.run.rerun)
        if self.removals.dropping:
            return
        if not plan.shares:
            self._forget_memos_above(batch)
            self._write_owners(batch, plan)
        plan.forget_removed(batch)
        self._write_rest(batch, plan)

    def _write_rest(self, batch: Batch, plan: Plan) -> None:
        """Write what is left of the record."""
        if plan.uncertain:
            self._write(batch, plan, plan.changes_after())
        else:
            forget_record(batch, self.record_key, self.data)

    def finish(self, error: BaseException | None) -> None:
        removals = self.removals
        is_left = error is None and self.plan is not None and self.plan.uncertain
        if not self.final and (is_left or (self.put_off and error is not None)):
            # Its container was not seen in this run, and may be about to be removed itself.
            removals.run.postponed.append(self)
            self._tell_put_off()
            removals.settled()
            return
        if is_left:
            error = self._error_of_container()
            if error is not None:  # which was reported
                self._fail(error, told=True)
                return
            error = self._unreachable()
        if error is not None:
            self._fail(error)
            return
        self._counted().deletes += 1
        removals.any_gone = True
        if self.parent is not None:
            self.parent._below_ended(None)
        elif self.told is not None:
            self.told.removed(self, None, None)
        removals.settled()

    def _tell_put_off(self) -> None:
        """Release those who wait: what is left is removed at the end, unless it runs again before."""
        top = self
        while top.parent is not None:
            top = top.parent
        if top.told is not None and not self.removals.run.is_ready:
            told, top.told = top.told, None
            told.removed(top, None, None)

    def _forget_memos_above(self, batch: Batch) -> None:
        """Clear the memos above: if the removal ends here, the components above exist without this one, and must run
        if mounted again."""
        at = self.parent
        while at is not None and not at._has_lost:
            at._has_lost = True
            data = batch.get(at.record_key)
            if data is not None and record.is_readable(data) and data[1] & record.MEMO:
                batch.put(at.record_key, record.with_flags(data, data[1] & ~record.MEMO))
            at = at.parent

    def _write_owners(self, batch: Batch, plan: Plan) -> None:
        self.removals.run.ownership.write(batch, plan, self.record_key, self.data[2:10])

    def _write(self, batch: Batch, plan: Plan, changes: dict[stored_states.StateId, record.Stored | None]) -> None:
        header, head = record.header_of(self.data, self), record.head_of(self.data, self)
        flags, encoded = stored_states.place(batch, header.id, header.flags & ~record.MEMO, plan.kept, changes)
        head = Head(head.name, path=head.path)
        self.data = record.encode(flags, header.id, record.NO_HASH, record.NO_DEPS, head, encoded)
        batch.put(self.record_key, self.data)

    # Its failure

    def _fail(self, error: BaseException, *, told: bool = False) -> None:
        removals = self.removals
        if self.plan is not None and self.plan.containers:
            removals.run.providers.note_failure(self.plan, error)
        removals.failed = True
        removals.run.note_failed(self.record_key)
        if removals.tentative or removals.dropping:
            removals.errors.append((self, error))
        if self.parent is not None:
            self.parent._below_ended(error)
        if removals.tentative:
            self._was_told = told
            removals.run.second_tries.note_sweep(removals)
            removals.settled()
        else:
            self.report(error, told=told)

    def report(self, error: BaseException, *, told: bool = False) -> None:
        """Count it as failed, and report it."""
        removals = self.removals
        is_lost = is_a(error, ContainerLostError) and removals.run.is_told_of(self.plan)
        again = removals.run.failures.was_told(self.record_key)
        told = told or is_lost or self._was_told or again
        removals.board.of(self.name).errors += not (is_lost or again)
        if told and self.told is not None:
            self.told.removed(self, error, None)
        if removals.handlers is None or told:
            removals.settled()
        else:
            removals.run.spawn(self._tell(error, removals.handlers))

    async def _tell(self, error: BaseException, handlers: tuple[ExceptionHandler, ...]) -> None:
        run = self.removals.run
        above = None if self.above is None else str(self.above.stable_path)
        context = ExceptionContext(run.env.name, str(self), self.name, self.removals.kind, above)
        propagated = await run.tell(error, context, handlers)
        run.failures.note_told(self.record_key, propagated)
        if self.told is not None:
            self.told.removed(self, error, propagated)
        self.removals.settled()

    def _error_of_container(self) -> BaseException | None:
        """Return why the container of the rest could not be removed; None if that was not tried."""
        assert self.plan is not None
        errors = (self.removals.run.providers.failure_of(entry.provider) for entry in self.plan.kept.values())
        return next((error for error in errors if error is not None), None)

    def _unreachable(self) -> DropError:
        return DropError(
            f"target states of component {self} cannot be removed: their container was not declared in this run, or "
            "that failed. See the other errors, import the module that registers the target, or declare the container "
            "once more"
        )

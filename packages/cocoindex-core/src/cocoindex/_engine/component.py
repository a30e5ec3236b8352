"""The life of one component in one update, from its mount to its end. Layer: _engine."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Collection
from contextlib import suppress
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from .._described import is_a
from .._keys import StableKey, StablePath
from .._runtime.failure import ExceptionContext, note_component
from .._runtime.interruption import is_interruption
from .._target.weight import WEIGHTLESS, weight_of
from ..errors import ContainerLostError
from .body_result import never_awaited, not_awaited, stored_result, stored_states
from .children import Children
from .execution import Execution
from .keyspace import CHILD, ROOT_RECORD, bounded
from .memo_mark import MemoMark, StatesMark
from .outcome import Outcome
from .record import NO_DEPS
from .record_draft import RecordDraft
from .scheduler import Seat

if TYPE_CHECKING:
    from .anchor import Anchor
    from .batch import Batch
    from .mount_call import MountCall
    from .plan import Plan
    from .planner import Planner


class Component:
    """A component in one update. The engine creates one only if the component may have to run.

    Attributes:
        call: the mount call, with what all its components have in common.
        parts, key: the path below the parent, and its encoding.
        args: the positional arguments of its function.
        record: what is stored about it, and what will be written.
        execution: the run of its body, as user code sees it.
        children: the components mounted below it.
        outcome: how it ended.
        states, weight: the number of declared target states and the size of their values in bytes, after its body has
            run.
        seat: its place in the scheduler, which says whether it may run.
        result: the return value of its function, of this run or remembered.
        failure: the exception of its sink, if it is kept for a second try.
        put_off: whether it or something below it waits for a second try.
        makes_room: whether it sweeps its children before the second try.
        plan: the plan of its commit; None before it is planned.
    """

    __slots__ = (
        "_children",
        "_sweeps",
        "args",
        "call",
        "execution",
        "failure",
        "key",
        "makes_room",
        "name",
        "outcome",
        "parent",
        "parts",
        "plan",
        "put_off",
        "record",
        "record_key",
        "result",
        "run",
        "seat",
        "states",
        "weight",
    )

    def __init__(
        self, call: MountCall, parts: tuple[StableKey, ...], key: bytes, data: bytes | None, args: tuple[Any, ...]
    ) -> None:
        self.call = call
        self.run = call.run
        self.parent = parent = call.parent
        self.parts = parts
        self.key = key
        self.args = call.processor.args + args
        self.name = call.processor.name
        self.outcome = Outcome(call.run.waits)
        self.seat: Seat = Seat(None if parent is None else parent.seat)
        above = None if parent is None else parent.record
        self.record_key: bytes = ROOT_RECORD if above is None else CHILD + above.id + bounded(key)
        self.record: RecordDraft = RecordDraft(call.run.facts, self.record_key, data, above, self)
        self.execution: Execution = Execution(self)
        self.result: Any = None
        self.plan: Plan | None = None
        self.states = self.weight = 0
        self.failure: BaseException | None = None
        self.put_off = self.makes_room = False
        self._children: Children | None = None
        self._sweeps = False

    @property
    def stable_path(self) -> StablePath:
        parts: list[tuple[StableKey, ...]] = []
        at: Component | Anchor | None = self
        while at is not None:
            parts.append(at.parts)
            at = at.parent
        return StablePath.from_parts(tuple(part for theirs in reversed(parts) for part in theirs))

    def __str__(self) -> str:
        return str(self.stable_path)

    @property
    def sweeps(self) -> bool:
        """Return whether work follows its commit: removing children of earlier updates, or continuing those put off."""
        return self._sweeps

    @property
    def children(self) -> Children:
        if self._children is None:
            self._children = Children(self)
        return self._children

    @property
    def children_under_memo(self) -> bool:
        """Return whether the dependencies of its children are needed, because it or a component above is memoized."""
        return self.call.under_memo or self.call.processor.memo

    # 1. It is mounted: skipped, given up, or run

    def skip(self) -> None:
        """Skip it, because the results of an earlier run are valid: count it, and write changed memo states."""
        check = self.record.check
        if check is None or not check.changed:
            self.call.board.of(self.name).unchanged += 1
            self._end(None)
            return
        try:
            states = stored_states(self, check)
        except BaseException as exc:
            if is_interruption(exc):
                raise
            self.settle(exc)
            return
        self.call.board.of(self.name).unchanged += 1
        self.run.committer.add(StatesMark(self.record_key, states, self.run.rerun, self.settle))

    def give_up(self, error: BaseException) -> None:
        """Complete it after its mount failed or was cancelled before it could run; do nothing if it is complete."""
        if not (self.outcome.complete or self.seat.taken or self.outcome.failed):
            self.settle(error)

    def fails_again(self) -> bool:
        """Complete it as failed if it has failed in this update before, and the root runs once more for others; return
        whether it is complete."""
        if (
            not self.call.background
            or self.call.told is not None
            or not self.run.failures.would_fail_again(self.record_key)
        ):
            return False
        self.outcome.fails_again()
        self._end(None)
        return True

    # 2. Its body has run, and its children are complete

    def below(self) -> Awaitable[None] | None:
        """Return what waits for its children, except those put off; None if it has none.

        Raises:
            CancelledError: its run was cancelled, so that some never end, and its body swallowed the cancellation.
        """
        if self._children is None:
            return None
        if self.run.bodies.is_leaving():
            raise CancelledError
        return self._children.all_ended()

    async def all_below_complete(self) -> None:
        """Wait for all children after a failure; those put off continue now."""
        if self._children is not None:
            await self._children.all_ended()
            if self._children.are_put_off:
                self.go_on()
                await self._children.all_complete()

    def body_failed(self) -> None:
        """Note that its body has failed: its live ranges that are not ready are ended."""
        if self._children is not None and self._children.anchor is not None:
            self.run.spawn(self.run.roll.retire_unready(self.record.id))

    def processed(self) -> None:
        """Do everything that can fail before the first action, then hand it over to the committer."""
        execution, record, memo = self.execution, self.record, self.call.processor.memo
        if type(self.result) is CoroutineType:
            raise never_awaited(self, self.result)
        if execution.unawaited:
            raise not_awaited(self, *execution.unawaited.values())
        if self._children is not None:
            if self._children.failure is not None:
                raise self._children.failure
            self._children.seal()
        if memo or self.call.under_memo:
            record.deps = self.run.deps.intern(execution.frame)
        if memo and self.outcome.ok:
            record.result = None if self.result is None else stored_result(self)
        if record.check is not None and record.check.states:
            record.states = stored_states(self, record.check)
        if execution.made_calls is not None:
            execution.made_calls.close_states()
            self.weight = execution.made_calls.weight
        if record.result is not None or record.states is not None:
            self.weight += len(record.result or b"") + sum(map(len, record.states or ()))
        # What is not needed any more is not kept until it is committed.
        self.args = ()
        if self.call.background and self.parent is not None:  # nobody reads it
            self.result = None
        self._sweeps = record.has_old_children and bool(self.children.stale(limit=1))
        if self._children is not None and self._children.are_put_off:
            self._sweeps = True
        self.states = len(execution.declared)
        for state, _, _ in execution.declared.values():
            if type(state.value) not in WEIGHTLESS:
                self.weight += weight_of(state.value)
        self.run.committer.add(self)

    # 3. It is committed: a `Unit`

    def certain_providers(self) -> Collection[tuple[int, int]]:
        return self.execution.frame.providers if self.record.data is None else ()  # everything it declares is new

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        record, execution = self.record, self.execution
        record.refresh(batch, self)
        return planner.plan(record.key, record.data, execution.declared, execution.carried, self)

    def write_ahead(self, batch: Batch) -> None:
        assert self.plan is not None
        self.record.write_ahead(batch, self.plan, self.execution.made_calls, self.run.ownership)

    def commit(self, batch: Batch) -> None:
        assert self.plan is not None
        if self.plan.reports is not None:
            self.plan.take_up_reports(self.plan.reports)
        if self.plan.containers:
            self.run.providers.settle_containers(self.plan, batch, self.run.rerun)
        if self.plan.outdated:
            self.run.rerun.mark(batch, self.record_key)
        calls = self.execution.calls if self.record.has_calls else self.execution.made_calls
        memo = self.call.processor.memo and self.outcome.ok and not (self._sweeps or self.plan.uncertain)
        self.record.commit(batch, self.plan, calls, self.run.ownership, self.run.rerun, memo=memo)
        if self.run.full_reprocess is not None:
            self.run.full_reprocess.done(self.record.id)

    def finish(self, error: BaseException | None) -> None:
        is_first = self.failure is None
        if error is not None and self.run.second_tries.takes(self, error):
            if self._sweeps and is_first:
                self.makes_room = True
                self.run.spawn(self._make_room())
            else:
                self.wait_for_others()
            return
        if error is None:
            for _, _, child in self.execution.declared.values():
                if child is not None and child.is_resolved():
                    self.run.providers.resolved(child)
            if self.plan is not None and self.plan.uncertain:
                self._leave_rest(self.plan)
            if self._sweeps:
                self.run.spawn(self._sweep())
                return
            self._count()
            self._end(None)
            return
        if self._children is not None and self._children.are_put_off:
            self.run.spawn(self._fail_after_children(error))
            return
        self.settle(self._told(error))

    def _leave_rest(self, plan: Plan) -> None:
        """Have what it no longer declares removed after everything else, when more containers are known.

        If that ends early, the next update tries again: nothing above it may be skipped.
        """
        if plan.left:
            from .leftover import Leftover  # few updates need it

            rest = Leftover(self)
            self.run.postponed.append(rest)
            if self.run.is_ready:  # nothing else will end
                self.run.spawn(self.run.finish_postponed(rest.removals))
        self.outcome.must_run_again()

    # 4. If its actions failed, it may be tried again: see `second_tries`

    async def _make_room(self) -> None:
        """Sweep its children before the second try: its body succeeded, and what it no longer mounts may be in its
        way."""
        from .sweep import remove_stale

        with suppress(Exception):  # the sweep after its commit finds the failure again
            removals = await remove_stale(self, tentative=True)
            removals.forget()
            self.run.second_tries.sweep_failed.pop(removals, None)
        self.makes_room = False
        self.wait_for_others()

    def go_on(self) -> None:
        """Start the second try of it and of everything below it now."""
        self.run.second_tries.again([self])

    def _go_on_next(self) -> None:
        """Do the same after the round in which it failed."""
        self.run.tasks.call_soon(self.go_on)

    def go_on_soon(self) -> None:
        """Do the same from any thread."""
        with suppress(RuntimeError):  # the update has ended and its loop is closed
            self.run.loop.call_soon_threadsafe(self.go_on)

    def give_up_at_last(self) -> None:
        """Fail for good: nothing has changed since its actions failed."""
        self.finish(self.failure)

    def wait_for_others(self) -> None:
        """Put it off: it continues after everything else, or as soon as somebody waits for it."""
        if self.put_off:
            return
        if not isinstance(self.parent, Component) or self.call.told is not None:
            self._go_on_next()
            return
        self.put_off = True
        self.parent.children.put_off(self)
        self.outcome.goes_on_by(self._go_on_next)
        if self.call.members is not None:
            self.call.members.child_put_off(self)

    async def _fail_after_children(self, error: BaseException) -> None:
        await self.all_below_complete()
        self.settle(self._told(error))

    def _told(self, error: BaseException | None) -> BaseException | None:
        """Return the failure to report: the first one, because a later try may have failed because of others."""
        return error if error is None or self.failure is None or is_a(error, ContainerLostError) else self.failure

    # 5. What was not mounted this time is removed

    async def _sweep(self) -> None:
        from .sweep import sweep  # few updates need it

        try:
            clean = await sweep(self)
        except Exception as exc:
            self.settle(exc)
            return
        if self._children is not None and self._children.are_put_off:
            await self.run.finish_freed()
            self.wait_for_others()
            await self._children.all_complete()
        assert self.plan is not None
        if not clean:
            self.outcome.broke(in_sink=True)
            self.outcome.must_run_again()
        if self.call.processor.memo and self.outcome.ok and clean and not self.plan.uncertain:
            self.run.committer.add(MemoMark(self))
        else:
            self.finish_swept(None)

    def finish_swept(self, error: BaseException | None) -> None:
        """Finish after the sweep: everything is durable."""
        if error is None:
            self._count()
        self.settle(error)

    # 6. It ends

    def settle(self, error: BaseException | None) -> None:
        """End it; a background failure goes to the exception handlers first."""
        if error is None:
            self._end(None)
            return
        self.outcome.fail(error, in_sink=self.plan is not None)
        self.record.deps = NO_DEPS
        self.run.failed(self)
        if is_a(error, ContainerLostError) and self.run.is_told_of(self.plan):
            self._end(None if self.call.background else error)
        elif self.call.background:
            self.run.spawn(self._tell(error))
        else:
            if self._may_be_overtaken(error):
                self.run.spawn(self._count_unless_overtaken())
            else:
                self._count_error()
            note_component(error, self.stable_path, self.name)
            self._end(error)

    async def _tell(self, error: BaseException) -> None:
        propagated: BaseException | None = None
        try:
            if self.run.failures.was_told(self.record_key) or (
                self._may_be_overtaken(error) and await self._is_overtaken()
            ):
                self._end(None)
                return
            self._count_error()
            propagated = await self.run.tell(error, self.failure_context(), self.call.handlers)
            self.run.failures.note_told(self.record_key, propagated)
            self._end(propagated)
        finally:
            del self, error, propagated  # the traceback of a handler's exception refers to this frame

    async def _count_unless_overtaken(self) -> None:
        if not await self._is_overtaken():
            self._count_error()

    def _may_be_overtaken(self, error: BaseException) -> bool:
        """Return whether it failed because a source item is gone, which the source may be about to report."""
        if not self.run.live or self.plan is not None:
            return False
        from .gone import is_gone  # most updates are not live

        return is_gone(error)

    async def _is_overtaken(self) -> bool:
        """Return whether a newer call handles its live item (the component itself or one above it)."""
        at: Component | Anchor | None = self
        while isinstance(at, Component):
            if at.call.told is not None:
                return await at.call.told.overtakes(at)
            at = at.parent
        return False

    def _count_error(self) -> None:
        board = self.call.board
        board.of(self.name).errors += 1
        board.changed()

    def _end(self, propagated: BaseException | None) -> None:
        self.outcome.end(propagated)
        if self.call.members is not None:
            self.call.members.child_complete(propagated)
        if self.call.told is not None:
            self.call.told.ended(self)
        elif self.parent is not None and (siblings := self.parent._children) is not None:
            siblings.ended(self)
        if self._children is not None:
            self._children.let_go()
        # A handle must not keep alive what only the run needed.
        self.args, self.plan, self._children, self.failure = (), None, None, None
        self.execution.forget_calls()
        if self.call.background and self.parent is not None:  # reported; its traceback refers to where this ran
            self.outcome.error = None
        del self.execution

    def _count(self) -> None:
        counts = self.call.board.of(self.name)
        if self.record.is_new:
            counts.adds += 1
        else:
            counts.reprocesses += 1

    # What others read of it

    def failure_context(self) -> ExceptionContext:
        return ExceptionContext(
            env_name=self.run.env.name,
            stable_path=str(self.stable_path),
            processor_name=self.name,
            mount_kind=self.call.kind,
            parent_stable_path=None if self.parent is None else str(self.parent.stable_path),
        )

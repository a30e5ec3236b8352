"""One update or drop of an app: what its components share, and its course. Layer: _engine."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._described import is_a
from .._runtime.failure import ExceptionContext, ExceptionHandler, handle_failure, log_failure
from .._runtime.garbage import collect_failures
from .._runtime.left import cancelled
from .._store.watched_store import WatchedStore
from ..errors import StoreError, UpdateCancelledError
from . import record
from .apply import apply
from .batch import Batch
from .body_runner import BodyRunner
from .committer import Committer
from .component import Component
from .context_states import ContextStates
from .deps import DepsTable
from .facts import Facts
from .failures import Failures
from .flights import Apply
from .in_order import InOrder
from .keyspace import LIVE_STATUS, ROOT_RECORD
from .memo_check import may_skip
from .mount_call import MountCall
from .ownership import Ownership
from .physical import Physical
from .providers import ProviderTable
from .record import LIVE, MEMO
from .rerun import Rerun
from .roll import Roll
from .second_tries import SecondTries
from .tasks import Tasks
from .waits import Waits

if TYPE_CHECKING:
    from .._function.processor import Processor
    from .._runtime.counts import CountBoard
    from .._runtime.environment import Environment
    from .._store.interface import AppStore
    from .collect_deps import DepsCollector
    from .full_reprocess import FullReprocess
    from .live_course import LiveCourse
    from .plan import Plan
    from .removal import Removal, Removals
    from .root_again import StandingStill

_MANY = 32
"""After so many failures garbage is collected."""

_MOST_AGAIN = 2
"""The root runs so often again in one update."""


class Run:
    """What the components of one update share.

    Attributes:
        handlers: the handlers for failures of mounts outside all `exception_handler` blocks.
        full_reprocess: set while what is stored about results and targets is ignored. Also after an interrupted drop,
            because anything may be missing.
        postponed: removals that wait for their container to be removed.
        live: whether the update continues after the first complete run, as long as there are live ranges.
        is_ready: whether that first run and everything it waited for is complete.
        roll: the register of live ranges.
        second_tries: the components that failed in a sink and may be tried again.
        failures: the components that have failed.
        tasks: starts the tasks of the run.
        waits: what tasks of user code may wait for.
    """

    def __init__(
        self,
        env: Environment,
        store: AppStore,
        *,
        limit: int,
        board: CountBoard,
        full_reprocess: bool = False,
        apply: Apply = apply,
        ends_board: bool = True,
    ) -> None:
        self.env = env
        self.store = store = WatchedStore(store, self._store_failed)
        self.board = board
        self.handlers = () if env.exception_handler is None else (env.exception_handler,)
        self.loop = asyncio.get_running_loop()
        self._acting = False
        self._ends_board = ends_board
        self.tasks = Tasks(self.loop, self._break)
        self.waits = Waits()
        self.facts = Facts(store)
        self.full_reprocess: FullReprocess | None = None
        self._wants_full = full_reprocess
        self.context_states = ContextStates(self.facts, env.context_provider)
        self.deps = DepsTable(self.facts, self.context_states)
        self.providers = ProviderTable(self.facts, self.deps)
        self.rerun = Rerun()
        self.physical = Physical(self.facts, env.context_provider)
        self.ownership = Ownership(self.facts, self.rerun, self.physical)
        self.committer = Committer(
            store,
            self.facts,
            self.providers,
            self.ownership,
            self.physical,
            env.context_provider,
            self.tasks,
            self.waits,
            more_to_come=lambda: self.bodies.has_more(),
            after_round=self._after_round,
            apply=apply,
            on_broken=self._break,
        )
        self.roll = Roll(self)
        self.second_tries = SecondTries(self)
        self.bodies = BodyRunner(self.loop, limit, self.committer, self.roll, self.tasks, self.waits)
        self.postponed: list[Removal] = []
        self.failures = Failures()
        self.live = False
        self.is_ready = False
        self._makes_way = False
        self._readied = self.waits.new()
        self._course: LiveCourse | None = None
        self._collector: DepsCollector | None = None
        self._spawned: set[asyncio.Task[Any]] = set()
        self._main = asyncio.current_task()
        self._broken: BaseException | None = None
        self._told = 0

    @property
    def stopping(self) -> bool:
        """Return whether the run was cancelled and starts nothing new."""
        return self.committer.stopping

    @property
    def standing(self) -> Sequence[StandingStill]:
        """Return the live ranges of the root that stand still since a run of it failed."""
        return () if self._course is None else self._course.root_again.standing

    # The course of an update, and of a drop

    async def update(
        self,
        main: Processor,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        deadline: float | None = None,
        live: bool = False,
    ) -> Any:
        """Run the app's main function and everything that it mounts; return its result or raise its failure.

        Args:
            deadline: the main function's deadline, in seconds of `time.monotonic()`.
            live: whether it continues until all live ranges have ended.
        """
        self.live = live and not self._makes_way
        if self.live:
            from .live_course import LiveCourse  # most updates are not live

            self._course = LiveCourse(self)
        async with InOrder(self) as in_order:
            call = MountCall(
                self,
                None,
                main,
                kwargs,
                board=self.board,
                handlers=self.handlers,
                background=False,
                deadline=deadline,
            )
            full = self._begin_full_reprocess()
            await self.context_states.ask(full=full is not None and not full.goes_on)
            root = await self.run_root(call, args)
            if full is not None:
                self.committer.before_commit.remove(full.write_done)
                full.end(self.facts)
                self.full_reprocess = self.committer.full = None
            if root.outcome.error is None:
                for _ in range(_MOST_AGAIN):
                    # Components that inherited a target state after they ran or were skipped: only they have to run
                    # now. They may declare the container of others, whose removal leaves something to a third one.
                    if root.outcome.error is not None or not self.failures.go_again(self.rerun):
                        break
                    self.rerun.forget()
                    self.providers.begin_pass()
                    root = await self.run_root(call, args, again=True)
                self.failures.forget()
                self._tidy_up(was_full=full is not None)
            self.ownership.tell_conflicts(self.reading())
            if (course := self._course) is not None and self.live and root.outcome.error is None:
                self.is_ready = self.board.ready = self.providers.goes_on = True
                self._readied.set_result(None)
                in_order.go_on()
                self.board.changed()
                root = await course.follow(root, main, args, kwargs)
            else:
                await self.roll.retire_all()
            await self.roll.all_ended()
            if self._collector is not None:
                await self._collector.end()
            self.ownership.tell_conflicts(self.reading())
            return _result_of(root)

    def _begin_full_reprocess(self) -> FullReprocess | None:
        if self._wants_full or self.facts.is_dropping() or self.facts.is_reprocessing():
            from .full_reprocess import FullReprocess  # most updates have a use for what is stored

            self.full_reprocess = self.committer.full = FullReprocess(self.store, self.facts, anew=self._wants_full)
            self.committer.before_commit.append(self.full_reprocess.write_done)
        return self.full_reprocess

    def _after_round(self) -> None:
        self.board.changed()
        if self.is_ready:
            assert self._course is not None
            self._course.after_round()

    async def until_ready(self) -> None:
        """Wait until a live update is ready for the first time."""
        await asyncio.shield(self._readied)

    def end_live(self) -> None:
        """End a live update in order, with its result, as if its sources had no more changes."""
        self._makes_way = True
        self.live = False
        if self._course is not None:
            self._course.root_again.close()
        if self.is_ready:
            self.spawn(self.roll.retire_all())

    async def drop(self) -> None:
        """Remove everything that the app's components declared, then everything stored about the app.

        Raises:
            DropError: something could not be removed; its records are kept.
        """
        async with InOrder(self):
            from .drop import drop

            await drop(self)

    async def run_root(self, call: MountCall, args: tuple[Any, ...], *, again: bool = False) -> Component:
        """Run the main function and everything that it mounts, unless it can be skipped; return its component after
        it has ended.

        Args:
            again: whether this is the second time in one update.
        """
        root = Component(call, (), b"", self.store.get(ROOT_RECORD), args)
        self.board.of(root.name).starts += 1
        if await may_skip(root):
            root.skip()
        else:
            await self.bodies.launch(root)
        await root.outcome.wait()
        if again or self.is_ready or root.outcome.error is not None or not self._declarers_must_run():
            await self.finish_postponed()
        else:
            self.postponed.clear()  # they are found again
        return root

    def _declarers_must_run(self) -> bool:
        if not self.postponed:
            return False
        from .declarers import wake_declarers  # few updates need it

        return wake_declarers(self, self.postponed, self.failures.records)

    async def finish_postponed(self, removals: Removals | None = None) -> None:
        """Remove what waited for its container to be removed; fail what is left then.

        Args:
            removals: the group it belongs to; None for all.
        """
        while waiting := [one for one in self.postponed if removals is None or one.removals is removals]:
            if removals is None:  # nothing is tried again any more
                for removal in waiting:
                    removal.removals.tentative = False
            await self._remove_postponed(waiting, final=True)
            if removals is None and any(removal.removals.failed for removal in waiting):
                from .declarers import forget_memos_above  # few updates need it

                forget_memos_above(self, waiting)

    async def finish_freed(self) -> None:
        """Remove what waited for a container that is known or removed by now: something new may need its place."""
        if freed := [removal for removal in self.postponed if removal.is_freed()]:
            await self._remove_postponed(freed, final=False)

    async def _remove_postponed(self, waiting: list[Removal], *, final: bool) -> None:
        taken = set(waiting)
        self.postponed = [removal for removal in self.postponed if removal not in taken]
        for removal in waiting:
            removal.put_off, removal.final = True, final
            removal.submit()
        for theirs in {id(removal.removals): removal.removals for removal in waiting}.values():
            await theirs.quiet()

    def _tidy_up(self, *, was_full: bool) -> None:
        """Do the last writes when everything is done."""
        batch = Batch(self.store)
        self.facts.write(batch)
        self.facts.clear_dropping(batch)
        if batch.get(LIVE_STATUS) is not None:  # an update was killed
            batch.delete(LIVE_STATUS)
        if was_full or self.facts.deps_are_many():
            if self.live:  # not all references to them are written
                self.look_for_deps()
            else:
                from .collect_deps import collect_deps

                collect_deps(self.store, self.facts, self.deps, batch)
        batch.commit()

    def look_for_deps(self) -> None:
        """Collect unreferenced sets of dependencies while the update continues."""
        if self._collector is None:
            from .collect_deps import DepsCollector

            self._collector = DepsCollector(self)
        self._collector.look()

    # The interface to components

    def memo_fits(self, data: bytes | None, arg_key: bytes) -> bool:
        """Return whether a record's memo is for these arguments and all its dependencies are still valid."""
        return (
            data is not None
            and not self.is_due(data)
            and record.is_readable(data)
            and bool(data[1] & MEMO)
            and data[10:26] == arg_key
            and self.deps.valid(record.deps_of(data))
            and not (self.live and data[1] & LIVE and not self.roll.is_alive(data[2:10]))
        )

    def is_due(self, data: bytes | None) -> bool:
        """Return whether a full reprocess ignores what is stored about the component with the record `data`."""
        return self.full_reprocess is not None and self.full_reprocess.is_due(data)

    def reading(self) -> Batch:
        """Return a view of the store for reading."""
        return Batch(self.store)

    def spawn(self, work: Coroutine[Any, Any, Any], *, watched: bool = True) -> asyncio.Task[Any]:
        """Run `work` in a task that ends with the run.

        Args:
            watched: whether to end the run if it raises; False if the caller looks at its outcome.
        """
        task = self.tasks.start(work, watched=watched)
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)
        return task

    def is_told_of(self, plan: Plan | None) -> bool:
        """Return whether a ContainerLostError need not be reported, because the container is created again.

        Args:
            plan: the plan that failed; None if the body failed.
        """
        return self.live and self._course is not None and self._course.lost_containers.takes(plan)

    def leave_behind(self, task: asyncio.Task[Any]) -> None:
        """Abandon a task of user code that does not end; it can no longer reach anything of the run."""
        self._spawned.discard(task)
        task.add_done_callback(_seen)

    def failed(self, component: Component) -> None:
        """Record a failed component."""
        self.note_failed(component.record_key)
        if self.full_reprocess is not None:
            with suppress(StoreError):  # the update ends with it
                self.full_reprocess.failed(component)

    def note_failed(self, record_key: bytes) -> None:
        """Record that a component or its removal failed, so that running it once more would not help."""
        if not self.is_ready:
            self.failures.note(record_key)

    async def tell(
        self, error: BaseException, context: ExceptionContext, handlers: tuple[ExceptionHandler, ...]
    ) -> BaseException | None:
        """Call `handlers`; return the exception that leaves the outermost one, or the cancellation of one by itself.

        An error of the store ends the update. In a live range, what leaves the handlers is logged, because usually
        nobody waits for its calls.
        """
        if is_a(error, StoreError) and self._broken is not None:
            return None
        propagated: BaseException | None = None
        try:
            propagated = await handle_failure(error, context, handlers)
        except BaseException as exc:
            if self.stopping or is_a(exc, KeyboardInterrupt):
                raise
            return exc
        finally:
            self._told += 1
            if self._told % _MANY == 0:
                collect_failures()
        try:
            if propagated is not None and self.live and context.mount_kind == "process_live":
                log_failure(propagated, context)
            return propagated
        finally:
            del propagated  # which refers to this frame

    # The early end

    def give_up(self, error: BaseException) -> None:
        """End the update with `error`, because it makes no progress."""
        self._break(error)

    def _break(self, error: BaseException) -> None:
        """End the update or drop with `error`, which is no component's fault."""
        if self._acting and self._broken is None:
            self._broken = error
            if self._main is not None:
                self._main.cancel()

    def _store_failed(self, error: StoreError) -> None:
        """Handle an error of the store, from any thread; it is not the fault of a component."""
        if self._acting:
            self.loop.call_soon_threadsafe(self._break, error)

    async def leave_in_order(self) -> None:
        """Start nothing new, let running sinks return, and commit what they applied."""
        self._acting = False
        await self.roll.cancel_loops()
        self.committer.stop()
        await self.bodies.cancel()
        await self.committer.drained()
        await self.roll.all_left()
        await cancelled(self._spawned)
        if self._broken is not None and self._main is not None and self._main.uncancel() == 0:
            raise self._broken from None

    def begin(self) -> None:
        self._acting = True

    def close(self) -> None:
        self._acting = False
        if self._course is not None:
            self._course.close()
        self.bodies.close()
        self.second_tries.close()
        self.waits.end()
        # The raised exception refers to this frame.
        self._main = None
        self.providers.forget_failures()
        if self._ends_board:
            self.board.end()


def _seen(task: asyncio.Task[Any]) -> None:
    """Mark failures as retrieved, so that asyncio does not warn."""
    if not task.cancelled():
        task.exception()


def _result_of(root: Component) -> Any:
    error = root.outcome.take_error()
    if is_a(error, asyncio.CancelledError):
        # Nobody cancelled the update; leaving it, this would look like a cancellation.
        raise UpdateCancelledError("the main function, or a child that it needs, cancelled itself") from error
    if error is not None:
        try:
            raise error
        finally:
            del error  # which refers to this frame now
    return root.result

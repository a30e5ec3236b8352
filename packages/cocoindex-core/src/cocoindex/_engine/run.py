"""One update or drop of one app: what its components share, and its course. Layer: _engine."""

from __future__ import annotations

import asyncio
import contextvars
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
from .flights import Apply
from .in_order import InOrder
from .keyspace import LIVE_STATUS, ROOT_RECORD
from .memo_check import may_skip
from .mount_call import MountCall
from .not_applied import NotApplied
from .ownership import Ownership
from .physical import Physical
from .providers import ProviderTable
from .record import LIVE, MEMO
from .rerun import Rerun
from .roll import Roll
from .second_tries import SecondTries

if TYPE_CHECKING:
    from .._function.processor import Processor
    from .._runtime.counts import CountBoard
    from .._runtime.environment import Environment
    from .._store.interface import AppStore
    from .collect_deps import DepsCollector
    from .live_course import LiveCourse
    from .plan import Plan
    from .removal import Removal, Removals
    from .root_again import StandingStill

_MANY = 32
"""After so many failures garbage is collected."""


class Run:
    """What the components of one update share.

    Attributes:
        handlers: who is told of failures of what is mounted outside any `exception_handler` block.
        full_reprocess: whether nothing that is remembered of results and targets counts; so it is, too, after a
            drop that was interrupted, as anything may be missing.
        postponed: removals that wait for their container to be removed.
        live: whether the update goes on after the first run of all, for as long as there are live ranges.
        is_ready: whether that first run is complete, and with it all that was waited for.
        roll: the live ranges.
        second_tries: what has failed in a sink and may be tried again.
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
        self.facts = Facts(store)
        self.full_reprocess = full_reprocess or self.facts.is_dropping()
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
            full=self.full_reprocess,
            after_round=self._after_round,
            apply=apply,
            on_broken=self._break,
        )
        self.roll = Roll(self)
        self.second_tries = SecondTries(self)
        self.bodies = BodyRunner(self.loop, limit, self.committer, self.roll)
        self.postponed: list[Removal] = []
        self.live = False
        self.is_ready = False
        self._makes_way = False
        self._readied = asyncio.Event()
        self._course: LiveCourse | None = None
        self._collector: DepsCollector | None = None
        self._not_applied = NotApplied()
        self._context = contextvars.copy_context()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._main = asyncio.current_task()
        self._broken: BaseException | None = None
        self._told = 0

    @property
    def stopping(self) -> bool:
        """Whether the run was cancelled and takes nothing new."""
        return self.committer.stopping

    @property
    def standing(self) -> Sequence[StandingStill]:
        """What the root had mounted live, while it has failed since."""
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
        """Run the app's main function and everything that it mounts; returns its result, raises its failure.

        Args:
            deadline: when the main function's time is over, in seconds of `time.monotonic()`.
            live: whether it goes on until all live ranges have ended.
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
            await self.context_states.ask(full=self.full_reprocess)
            root = await self.run_root(call, args)
            if self.full_reprocess:
                self._not_applied.write(self.store)
            if root.outcome.error is None:
                if self.rerun.wanted:
                    # Some inherited a target state, and had run before or were skipped: they alone have to run now.
                    self.full_reprocess = self.committer.full = False
                    self.rerun.forget()
                    root = await self.run_root(call, args)
                self._tidy_up()
            self.ownership.tell_conflicts(self.reading())
            if (course := self._course) is not None and self.live and root.outcome.error is None:
                self.full_reprocess = self.committer.full = False
                self.is_ready = self.board.ready = self.providers.goes_on = True
                self._readied.set()
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

    def _after_round(self) -> None:
        self.board.changed()
        if self.is_ready:
            assert self._course is not None
            self._course.after_round()

    async def until_ready(self) -> None:
        """Wait until a live update is ready for the first time."""
        await self._readied.wait()

    def end_live(self) -> None:
        """Have a live update end in order, and give its result, as if its sources had no more changes."""
        self._makes_way = True
        self.live = False
        if self._course is not None:
            self._course.root_again.close()
        if self.is_ready:
            self.spawn(self.roll.retire_all())

    async def drop(self) -> None:
        """Remove everything that the app's components declared, then all that is stored of it.

        Raises:
            DropError: something could not be removed; its records are kept.
        """
        async with InOrder(self):
            from .drop import drop

            await drop(self)

    async def run_root(self, call: MountCall, args: tuple[Any, ...]) -> Component:
        """Run the main function and all that it mounts, where it cannot be skipped; returns it when it has ended."""
        root = Component(call, (), b"", self.store.get(ROOT_RECORD), args)
        self.board.of(root.name).starts += 1
        if await may_skip(root):
            root.skip()
        else:
            await self.bodies.launch(root)
        await root.outcome.wait()
        await self.finish_postponed()
        return root

    async def finish_postponed(self, removals: Removals | None = None) -> None:
        """Remove what waited for its container to be removed; what is left then cannot be.

        Args:
            removals: to which that belongs; None for all.
        """
        while waiting := [one for one in self.postponed if removals is None or one.removals is removals]:
            self.postponed = [] if removals is None else [one for one in self.postponed if one.removals is not removals]
            for removal in waiting:
                removal.final = True
                removal.submit()
            for theirs in {id(removal.removals): removal.removals for removal in waiting}.values():
                await theirs.quiet()

    def _tidy_up(self) -> None:
        """What is written when all is done."""
        batch = Batch(self.store)
        self.facts.write(batch)
        self.facts.clear_dropping(batch)
        if batch.get(LIVE_STATUS) is not None:  # one was killed
            batch.delete(LIVE_STATUS)
        if self.full_reprocess or self.facts.deps_are_many():
            if self.live:  # not all that refers to them is written
                self.look_for_deps()
            else:
                from .collect_deps import collect_deps

                collect_deps(self.store, self.facts, self.deps, batch)
        batch.commit()

    def look_for_deps(self) -> None:
        """Look, while the update goes on, for sets of dependencies that nothing refers to."""
        if self._collector is None:
            from .collect_deps import DepsCollector

            self._collector = DepsCollector(self)
        self._collector.look()

    # What components ask of it

    def memo_fits(self, data: bytes | None, arg_key: bytes) -> bool:
        """Whether a record's memo is for these arguments and depends on nothing that has changed since."""
        return (
            data is not None
            and not self.full_reprocess
            and record.is_readable(data)
            and bool(data[1] & MEMO)
            and data[10:26] == arg_key
            and self.deps.valid(record.deps_of(data))
            and not (self.live and data[1] & LIVE and not self.roll.is_alive(data[2:10]))
        )

    def reading(self) -> Batch:
        """A view of the store to read from."""
        return Batch(self.store)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do `work` in a task that ends with the run."""
        task = self.loop.create_task(work, context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def is_told_of(self, plan: Plan | None) -> bool:
        """Whether what failed with a ContainerLostError need not be told: the container is made anew.

        Args:
            plan: of what failed; None where that is its body.
        """
        return self.live and self._course is not None and self._course.lost_containers.takes(plan)

    def leave_behind(self, task: asyncio.Task[Any]) -> None:
        """Wait no more for a task of a user's code that does not leave; nothing of the run is in its reach any more."""
        self._tasks.discard(task)
        task.add_done_callback(_seen)

    def failed(self, component: Component) -> None:
        """Take note of a component that failed."""
        if self.full_reprocess:
            with suppress(StoreError):  # with which the update ends
                self._not_applied.add(component)

    async def tell(
        self, error: BaseException, context: ExceptionContext, handlers: tuple[ExceptionHandler, ...]
    ) -> BaseException | None:
        """Tell `handlers`; returns what leaves the outermost of them, or that one has cancelled itself.

        An error of the store is the update's own. What leaves them is logged where a live range is told of it, as
        hardly anybody waits for each of its calls.
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

    # How it ends before its time

    def give_up(self, error: BaseException) -> None:
        """End the update, which raises `error`: what keeps it going never gets anywhere."""
        self._break(error)

    def _break(self, error: BaseException) -> None:
        """Give up: the store cannot be read or written. The update or drop raises `error`."""
        if self._acting and self._broken is None:
            self._broken = error
            if self._main is not None:
                self._main.cancel()

    def _store_failed(self, error: StoreError) -> None:
        """Somebody, in any thread, met an error of the store: no component is to blame for it."""
        if self._acting:
            self.loop.call_soon_threadsafe(self._break, error)

    async def leave_in_order(self) -> None:
        """Take nothing new, let the sinks that are under way return, commit what they applied."""
        self._acting = False
        await self.roll.cancel_loops()
        self.committer.stop()
        await self.bodies.cancel()
        await self.committer.drained()
        await self.roll.all_left()
        await cancelled(self._tasks)
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
        # What is raised refers to this.
        self._main = None
        self.providers.forget_failures()
        if self._ends_board:
            self.board.end()


def _seen(task: asyncio.Task[Any]) -> None:
    """Have nobody be told that a failure was not looked at."""
    if not task.cancelled():
        task.exception()


def _result_of(root: Component) -> Any:
    error = root.outcome.take_error()
    if is_a(error, asyncio.CancelledError):
        # Nobody cancelled the update: out of it, it would look as if somebody had.
        raise UpdateCancelledError("the main function, or a child that it needs, cancelled itself") from error
    if error is not None:
        try:
            raise error
        finally:
            del error  # which refers to this frame now
    return root.result

"""Runs the bodies of components: async ones by workers, sync ones in threads. Layer: _engine."""

from __future__ import annotations

import contextvars
from asyncio import CancelledError, sleep
from typing import TYPE_CHECKING, Any

from .._described import is_a
from .._runtime.deadline import within
from .._runtime.interruption import is_interruption
from .._runtime.left import is_cut_short
from .._runtime.scope import _scope
from .._runtime.sync_pool import SyncPool
from .._runtime.time_slice import TimeSlice
from .._runtime.underway import Underway, current_underway
from .scheduler import Scheduler

if TYPE_CHECKING:
    import asyncio

    from .committer import Committer
    from .component import Component
    from .roll import Roll
    from .tasks import Tasks
    from .waits import Waits


class BodyRunner:
    """Runs components, as many at once as there are slots.

    Attributes:
        slice: the time that mounts, and bodies, take before everything else on the loop gets a turn.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        limit: int,
        committer: Committer,
        roll: Roll,
        tasks: Tasks,
        waits: Waits,
    ) -> None:
        self._committer = committer
        self._roll = roll
        self.slice = TimeSlice(loop)
        self._scheduler = Scheduler(limit, self._run_async, self.slice, tasks, waits)
        self._pool = SyncPool(loop, limit, current_underway() or Underway())
        self._context = contextvars.copy_context()

    def has_more(self) -> bool:
        """Return whether there is more to do in the next iteration of the loop: bodies to run, or children to mount."""
        return self._scheduler.has_more or self.slice.is_wanted

    def starts(self, component: Component) -> bool:
        """Start a component if nothing has to be done or waited for before; return False if it must be launched."""
        if (
            component.run.failures.again
            or self._roll.had_any
            or self._committer.is_closed(component.call.lane)
            or self._committer.stopping
            or not self._scheduler.take(component.seat)
        ):
            return False
        self._start(component)
        return True

    async def launch(self, component: Component) -> None:
        """Start a component as soon as there is a slot and the committer's queue has room.

        Before that, end the live ranges that an earlier run of it mounted.
        """
        if component.run.failures.again and component.fails_again():
            return
        if self._roll.had_any:
            await self._roll.retire_mounted_by(component.record.id)
            component.run.rerun.begun(component.record.key)
        if self._committer.is_closed(component.call.lane):
            await self._committer.room(component.call.lane)
        if not self._scheduler.take(component.seat):
            await self._scheduler.wait(component.seat)
        if self._committer.stopping:  # a task of user code goes on meanwhile
            raise CancelledError
        self._start(component)

    def _start(self, component: Component) -> None:
        if component.record.unreadable is not None:
            self._failed(component, component.record.unreadable)
        elif component.call.processor.is_async:
            self._scheduler.enqueue(component)
        else:
            self._start_sync(component)

    async def cancel(self) -> None:
        """Start nothing more, cancel what runs on the loop, and wait until it has ended.

        The holder of the app's lock waits for threads that still run.
        """
        self._pool.abandon()
        await self._scheduler.cancel()

    def close(self) -> None:
        """Let the idle threads end."""
        self._pool.close()

    async def _run_async(self, component: Component) -> None:
        """Run one component in a worker: the body, then the wait for its children, then the hand-over to the
        committer."""
        execution, call = component.execution, component.call
        try:
            # It was launched while there was room, like many others at the same time.
            if self._committer.is_closed(call.lane):
                await self._committer.room(call.lane)
            try:
                token = _scope.set(execution.scope())
                try:
                    if call.deadline is None:
                        component.result = await call.processor.body(*component.args, **call.kwargs)
                    else:
                        component.result = await _awaited(component, call.deadline)
                finally:
                    _scope.reset(token)
                    execution.closed = True
                if (below := component.below()) is not None:
                    await below
                component.processed()
            except BaseException as exc:
                if self.is_leaving() or (is_interruption(exc) and not is_a(exc, CancelledError)):
                    raise
                component.body_failed()
                await self._end_of_children(component)
                self._failed(component, exc)
                failed = True
            else:
                self._scheduler.release(component.seat)
                failed = False
        finally:
            del component, execution, call  # the traceback of the body's exception refers to this frame
        if failed:
            await self._until_told()

    async def _until_told(self) -> None:
        """Report a failure before anything else runs, because its traceback keeps the values of its frames alive."""
        try:
            await sleep(0)
        except CancelledError:  # user code may have cancelled this task
            if self.is_leaving():
                raise

    async def _end_of_children(self, component: Component) -> None:
        """Wait for the children even if user code cancels this task repeatedly. A cancellation by the run ends the
        wait.

        The failure of a live range is not added: the component fails with its body's exception.
        """
        while True:
            try:
                await component.all_below_complete()
                return
            except CancelledError:
                if self.is_leaving():
                    raise
            except BaseException as exc:
                if is_interruption(exc):
                    raise
                return

    def is_leaving(self) -> bool:
        """Return whether a cancellation comes from the run or its loop, and not from user code."""
        return self._committer.stopping or is_cut_short()

    def _start_sync(self, component: Component) -> None:
        context = self._context.copy()
        try:
            context.run(_scope.set, component.execution.scope())
        except BaseException as exc:
            if is_interruption(exc):
                raise
            self._failed(component, exc)
            return
        try:
            self._pool.submit(
                context,
                lambda: _called(component),
                lambda result, error: self._returned(component, result, error),
                lambda: f"component {component}",
            )
        except RuntimeError as exc:  # the system cannot start a thread
            self._failed(component, exc)

    def _returned(self, component: Component, result: Any, error: BaseException | None) -> None:
        """Continue with a sync component whose thread has returned; ignore it if the run was cancelled."""
        if self._committer.stopping:
            return
        component.execution.closed = True
        if error is None:
            component.result = result
            try:
                component.processed()
            except BaseException as exc:
                if is_interruption(exc):
                    raise
                self._failed(component, exc)
            else:
                self._scheduler.release(component.seat)
            return
        self._failed(component, error)

    def _failed(self, component: Component, error: BaseException) -> None:
        from .._function.call_depth import explained  # most succeed

        self._scheduler.release(component.seat)
        component.settle(explained(error))


def _called(component: Component) -> Any:
    """Run the body of a sync component in its thread."""
    call = component.call
    if call.deadline is None:
        return call.processor.body(*component.args, **call.kwargs)
    with within(call.deadline, f"component {component}"):
        return call.processor.body(*component.args, **call.kwargs)


async def _awaited(component: Component, deadline: float) -> Any:
    """Run the body of an async component with the deadline of the waiting caller."""
    with within(deadline, f"component {component}"):
        return await component.call.processor.body(*component.args, **component.call.kwargs)

"""Runs the bodies of components: async ones by workers, sync ones in threads. Layer: _engine."""

from __future__ import annotations

import contextvars
from asyncio import CancelledError, sleep
from typing import TYPE_CHECKING, Any

from .._described import is_a
from .._function.call_depth import explained
from .._runtime.deadline import within
from .._runtime.interruption import is_interruption
from .._runtime.left import is_cut_short
from .._runtime.scope import _scope
from .._runtime.sync_pool import SyncPool
from .._runtime.underway import Underway, current_underway
from .scheduler import Scheduler

if TYPE_CHECKING:
    import asyncio

    from .committer import Committer
    from .component import Component
    from .roll import Roll


class BodyRunner:
    """Has components run, as many at once as there are slots."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int, committer: Committer, roll: Roll) -> None:
        self._committer = committer
        self._roll = roll
        self._scheduler = Scheduler(limit, self._run_async)
        self._pool = SyncPool(loop, limit, current_underway() or Underway())
        self._context = contextvars.copy_context()

    async def launch(self, component: Component) -> None:
        """Have a component run, once there is a slot for it and not too many wait to be committed.

        The live ranges that an earlier run of it mounted end before.
        """
        if self._roll.had_any:
            await self._roll.retire_mounted_by(component.record.id)
            component.run.rerun.begun(component.record.key)
        if self._committer.is_closed(component.call.lane):
            await self._committer.room(component.call.lane)
        if not self._scheduler.take(component.seat):
            await self._scheduler.wait(component.seat)
        if component.record.unreadable is not None:
            self._failed(component, component.record.unreadable)
        elif component.call.processor.is_async:
            self._scheduler.enqueue(component)
        else:
            self._start_sync(component)

    async def cancel(self) -> None:
        """Begin nothing more, cancel what runs on the loop, and wait until it has left.

        Whoever has the app's lock waits for the threads that still run.
        """
        self._pool.abandon()
        await self._scheduler.cancel()

    def close(self) -> None:
        """Let the threads end."""
        self._pool.close()

    async def _run_async(self, component: Component) -> None:
        """What a worker does with one component: the body, then its children, then the hand-over."""
        execution, call = component.execution, component.call
        try:
            # It was launched when there was room, with many others.
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
                await component.all_below_ended()
                component.processed()
            except BaseException as exc:
                if self._is_leaving() or (is_interruption(exc) and not is_a(exc, CancelledError)):
                    raise
                component.body_failed()
                await self._end_of_children(component)
                self._failed(component, exc)
                failed = True
            else:
                self._scheduler.release(component.seat)
                failed = False
        finally:
            del component, execution, call  # what its body raised refers to this frame, from which it was called
        if failed:
            await self._until_told()

    async def _until_told(self) -> None:
        """Have a failure be told before something else runs: it keeps the values in the frames that it came through."""
        try:
            await sleep(0)
        except CancelledError:  # user code may have cancelled this task
            if self._is_leaving():
                raise

    async def _end_of_children(self, component: Component) -> None:
        """Wait for them however often user code cancels this task; what the run cancels leaves.

        What a live range failed with adds nothing: the component fails with what its body raised.
        """
        while True:
            try:
                await component.all_below_complete()
                return
            except CancelledError:
                if self._is_leaving():
                    raise
            except BaseException as exc:
                if is_interruption(exc):
                    raise
                return

    def _is_leaving(self) -> bool:
        """Whether a cancellation is the run's own, or its loop's, and not that of user code."""
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
        except RuntimeError as exc:  # the system starts no thread
            self._failed(component, exc)

    def _returned(self, component: Component, result: Any, error: BaseException | None) -> None:
        """A sync component came back from its thread; nobody waits for it where the run was cancelled."""
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
        self._scheduler.release(component.seat)
        component.settle(explained(error))


def _called(component: Component) -> Any:
    """Run the body of a sync component, in its thread."""
    call = component.call
    if call.deadline is None:
        return call.processor.body(*component.args, **call.kwargs)
    with within(call.deadline, f"component {component}"):
        return call.processor.body(*component.args, **call.kwargs)


async def _awaited(component: Component, deadline: float) -> Any:
    """Run the body of an async component, under the deadline of a caller that waits for it."""
    with within(deadline, f"component {component}"):
        return await component.call.processor.body(*component.args, **component.call.kwargs)

"""A coroutine that runs as its own task on any loop, and is waited for until it has really ended. Layer: _runtime.

If the waiting code is cancelled, even repeatedly, the task is cancelled once and waited for until it has ended. So the
holder of its lock is the only one that acts. (A task of anyio's portal, in contrast, counts as done as soon as it is
cancelled, and is cancelled again in each turn of the loop.)
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import logging
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any, Generic, TypeVar, cast

from ..errors import EnvironmentLoopError, UpdateCancelledError
from .left import to_the_end
from .log import log
from .start_task import start_task
from .termination import raise_lost
from .underway import Underway, _underway, wake
from .user_frames import without_framework

T = TypeVar("T")

_LOOK_UP_SECONDS = 0.5
PATIENCE_SECONDS = 1.0

_ELSEWHERE = (
    "it was cancelled on the event loop that it ran on, which may be ending; what was committed stays, and the next "
    "update goes on from there"
)

_operation: ContextVar[Operation[Any] | None] = ContextVar("cocoindex_operation", default=None)


class Operation(Generic[T]):
    """Runs `make()` as a task of `loop`, from `begin` on.

    Args:
        make: creates the coroutine.
        loop: the loop it runs on: this one, or that of another thread.
        place: the environment that it uses.
        told: whether to log, after a second, what it and operations inside it wait for; False if other code does.
        lasting: whether it outlives its starter, and may be dropped with its loop.

    Attributes:
        ended: resolves when the task has really ended, not when it is cancelled.
        underway: its parts that cannot be interrupted.
    """

    def __init__(
        self,
        make: Callable[[], Coroutine[Any, Any, T]],
        loop: asyncio.AbstractEventLoop,
        *,
        place: object = None,
        told: bool = True,
        lasting: bool = False,
    ) -> None:
        self.ended: concurrent.futures.Future[None] = concurrent.futures.Future()
        self.outer = None if lasting else _operation.get()
        self.place = place
        self.underway = Underway(None if lasting else _underway.get())
        self._lasting = lasting
        self._told = told
        self._make: Callable[[], Coroutine[Any, Any, T]] | None = make
        self._loop = loop
        self._task: asyncio.Task[T] | None = None
        self._result: T | None = None
        self._failure: BaseException | None = None
        self._cancelled = False
        self._reason = ""
        self._stopped_since: float | None = None

    def begin(self) -> Operation[T]:
        """Start the task in the caller's context; return this object.

        Raises:
            EnvironmentLoopError: (a RuntimeError) the loop is not running, so the task would never run.
        """
        context = contextvars.copy_context()
        context.run(_underway.set, self.underway)
        context.run(_operation.set, self)
        if self._is_here():
            self._start(context)
            return self
        try:
            if self._loop.is_running():
                self._loop.call_soon_threadsafe(self._start, context)
                return self
        except RuntimeError:  # it was closed in the meantime
            pass
        raise EnvironmentLoopError(
            "the event loop that the environment is bound to does not run, so nothing can run on it: do this where "
            "that loop runs, or stop the environment there first (`await coco.stop()`)"
        )

    @property
    def was_cut_short(self) -> bool:
        """Return whether its task was cancelled other than by `cancel`."""
        return self._task is not None and self._task.cancelling() > self._cancelled

    def uses(self, place: object) -> bool:
        """Return whether it or an operation that waits for it uses `place` and has not ended."""
        return (self.place is place and not self.ended.done()) or (self.outer is not None and self.outer.uses(place))

    def cancel(self, reason: str = "") -> None:
        """Cancel the task; further calls do nothing.

        Args:
            reason: the reason reported to waiting callers that did not ask for it.
        """
        try:
            if self._is_here():
                self._cancel(reason)
            else:
                self._loop.call_soon_threadsafe(self._cancel, reason)
        except RuntimeError:  # the loop is closed: nothing runs
            pass

    def result(self, timeout: float | None = None) -> T:
        """Wait in this thread, at most `timeout` seconds; return the result or raise the failure.

        Raises:
            UpdateCancelledError: (a RuntimeError) the task was cancelled, but not by the caller.
            EnvironmentLoopError: (a RuntimeError) its loop was closed or stopped before its end.
        """
        if timeout is None:
            self.wait_interruptibly()
        return self._outcome(timeout)

    def wait_interruptibly(self) -> None:
        """Wait in this thread until it has ended or Ctrl-C is pressed.

        A signal just before the begin of the wait does not end it, so it wakes up from time to time.
        """
        while not self.ended.done():
            raise_lost()
            concurrent.futures.wait([self.ended], timeout=_LOOK_UP_SECONDS)
            self._check_loop()

    async def wait(self, *, forward: bool = True) -> T:
        """Do the same as `result` on the running loop: cancelling this cancels the task and waits for its end.

        Args:
            forward: whether cancelling this cancels the task; otherwise it only ends the wait.
        """
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        self.ended.add_done_callback(lambda _: wake(loop, ended))
        look_up = None if self._is_here() else _LOOK_UP_SECONDS
        tellers: list[asyncio.TimerHandle] = []
        told = _is_told(self) and _is_told(_operation.get())

        async def wait() -> None:
            await asyncio.wait([ended], timeout=look_up)
            self._check_loop()

        def cancel() -> None:
            if told:
                tellers.append(loop.call_later(PATIENCE_SECONDS, self.tell))
            if forward:
                self.cancel()

        try:
            await to_the_end(wait, ended.done, cancel)
        finally:
            for teller in tellers:
                teller.cancel()
        return self._outcome(None)

    async def returned(self) -> None:
        """Wait in its task for abandoned threads; log a long wait if nobody else does.

        Do not wait if it was cancelled and then its loop was stopped, as by a second Ctrl-C.
        """
        assert self._task is not None
        if self._task.cancelling() > 1:
            return
        teller = None if self._task.cancelling() else self._loop.call_later(PATIENCE_SECONDS, self._tell_what_is_left)
        try:
            await self.underway.idle()
        finally:
            if teller is not None:
                teller.cancel()

    def _tell_what_is_left(self) -> None:
        log(logging.WARNING, f"all is done, but threads are still running: waiting for {self.underway}")

    def tell(self, *, terminated: bool = False) -> None:
        """Log what the operation waits for after Ctrl-C or SIGTERM."""
        how, again = ("terminated", "a second SIGTERM") if terminated else ("interrupted", "Ctrl-C again")
        log(logging.WARNING, f"{how}: waiting for {self.underway}; {again} ends at once")

    def _start(self, context: contextvars.Context) -> None:
        if self.ended.done():  # it was cancelled before
            return
        try:
            self._task = start_task(self._carry(), loop=self._loop, context=context)
        except Exception as exc:  # of the program's task factory
            self._failure = exc
            self.ended.set_result(None)
            return
        # Not inside the task: a task that is cancelled before its first step runs nothing.
        self._task.add_done_callback(self._done)
        if self._lasting and hasattr(self._task, "_log_destroy_pending"):
            self._task._log_destroy_pending = False

    def _cancel(self, reason: str) -> None:
        # At the end of its loop, or after a store error, it is already cancelled and ending.
        if self._cancelled or (self._task is not None and self._task.cancelling()):
            return
        self._cancelled = True
        self._reason = reason
        if self._task is not None:
            self._task.cancel()
        elif not self.ended.done():
            self._left_cancelled()

    async def _carry(self) -> T:
        make, self._make = self._make, None
        assert make is not None
        del self  # to which the raised exception would refer
        try:
            return await make()
        except (SystemExit, KeyboardInterrupt) as exc:  # they must reach the caller and not end the loop
            raise _Carried(exc) from None

    def _done(self, task: asyncio.Task[T]) -> None:
        self._task = None
        if task.cancelled():
            self._left_cancelled()
            return
        if (error := task.exception()) is None:
            self._result = task.result()
        else:
            self._failure = error.carried if type(error) is _Carried else error
        self.ended.set_result(None)

    def _left_cancelled(self) -> None:
        self.ended.cancel()
        self.ended.set_running_or_notify_cancel()

    def _outcome(self, timeout: float | None) -> T:
        try:
            self.ended.result(timeout)
        except concurrent.futures.CancelledError:
            raise UpdateCancelledError(self._reason or _ELSEWHERE) from None
        error = self._failure
        if error is None:
            return cast("T", self._result)
        if not self._lasting:  # one caller waits; the raised exception's frames refer to this
            self._failure = None
        try:
            raise without_framework(error)
        finally:
            del error, self  # to which the frame of the traceback would refer

    def _check_loop(self) -> None:
        """Raise if the loop of another thread will never continue the task."""
        if self.ended.done() or self._loop.is_running():
            self._stopped_since = None
            return
        now = time.monotonic()
        if self._stopped_since is None:
            self._stopped_since = now
        if self._loop.is_closed() or now - self._stopped_since >= PATIENCE_SECONDS:
            raise EnvironmentLoopError(
                "the event loop that this ran on was "
                + ("closed" if self._loop.is_closed() else "stopped")
                + " before it was complete; what was committed stays, and the next update goes on from there"
            )

    def _is_here(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False


def _is_told(operation: Operation[Any] | None) -> bool:
    """Return whether waiting is logged here, and not by the caller of an outer operation."""
    return operation is None or (operation._told and _is_told(operation.outer))


class _Carried(Exception):
    """Carries an exception that would end the loop out of the task."""

    def __init__(self, carried: BaseException) -> None:
        super().__init__(repr(type(carried)))
        self.carried = carried


def refuse_other_loop(loop: asyncio.AbstractEventLoop, what: str) -> None:
    """Raise if `loop`, which runs an update, is not the running loop: nothing would wake a waiting caller here.

    Raises:
        EnvironmentLoopError: (a RuntimeError) it is another loop.
    """
    if asyncio.get_running_loop() is not loop:
        raise EnvironmentLoopError(
            f"{what} was awaited on another event loop than the one that the update runs on, as by asyncio.run() in a "
            "sync function: make the function async, and await it there"
        )


def current_operation() -> Operation[Any] | None:
    """Return the operation that this code belongs to; None outside of one."""
    return _operation.get()

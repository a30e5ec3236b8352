"""A coroutine that runs on the loop of another thread, followed to its very end, also after it was cancelled.

Layer: _runtime.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import EnvironmentLoopError, UpdateCancelledError

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

_LOOK_UP_SECONDS = 0.5


class Remote(Generic[T]):
    """Runs `coro` as a task of `loop`, in the caller's context.

    Attributes:
        ended: resolves when the task has really left, and not when it is asked to.

    Raises:
        EnvironmentLoopError: (a RuntimeError) the loop does not run, so that nobody would ever run the task.
    """

    def __init__(self, coro: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> None:
        self.ended: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._loop = loop
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False
        if not loop.is_running():
            coro.close()
            raise EnvironmentLoopError(
                "the event loop that the environment is bound to does not run, so nothing can run on it: do this "
                "where that loop runs, or stop the environment there first (`await coco.stop()`)"
            )
        loop.call_soon_threadsafe(self._start, coro)

    def cancel(self) -> None:
        """Ask the task to leave."""
        self._loop.call_soon_threadsafe(self._cancel)

    def result(self, timeout: float | None = None) -> T:
        """Wait in this thread, at most `timeout` seconds; gives the result or raises the failure.

        Raises:
            UpdateCancelledError: (a RuntimeError) the task was cancelled by something else than `cancel`.
        """
        try:
            if timeout is None:
                self.wait_interruptibly()
            return self.ended.result(timeout)
        except concurrent.futures.CancelledError:
            raise _cancelled_elsewhere() from None

    def wait_interruptibly(self) -> None:
        """Wait in this thread until it has ended, or Ctrl-C is pressed.

        A signal that comes in the moment before the wait begins does not wake it, so that it looks up now and then.
        """
        while not self.ended.done():
            concurrent.futures.wait([self.ended], timeout=_LOOK_UP_SECONDS)

    async def wait(self) -> T:
        """Like `result`, on the loop that runs here: cancelling this cancels the task, and waits until it has left."""
        ended = asyncio.wrap_future(self.ended)
        try:
            return await asyncio.shield(ended)
        except asyncio.CancelledError:
            if ended.cancelled():
                raise _cancelled_elsewhere() from None
            self.cancel()
            await asyncio.wait([ended])  # leaves at once when it is cancelled again
            raise

    def _start(self, coro: Coroutine[Any, Any, T]) -> None:
        self._task = self._loop.create_task(self._carry(coro))
        if self._cancelled:
            self._task.cancel()

    def _cancel(self) -> None:
        self._cancelled = True
        if self._task is not None:
            self._task.cancel()

    async def _carry(self, coro: Coroutine[Any, Any, T]) -> None:
        try:
            result = await coro
        except asyncio.CancelledError:
            self.ended.cancel()
            self.ended.set_running_or_notify_cancel()
            raise
        except BaseException as exc:  # SystemExit must reach the caller, and not end the loop
            self.ended.set_exception(exc)
        else:
            self.ended.set_result(result)


def _cancelled_elsewhere() -> UpdateCancelledError:
    return UpdateCancelledError(
        "it was cancelled on the event loop that it ran on, which may be ending; what was committed stays, "
        "and the next update goes on from there"
    )

"""One run of a user's loop, until it has left or was abandoned. Layer: _live."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from .._runtime.log import log

if TYPE_CHECKING:
    from .._engine.run import Run
    from .._keys import StablePath

_PATIENCE_SECONDS = 1.0
_AGAIN_SECONDS = 4.0  # a finally block that closes a connection may take a while
_CANCELLATIONS = 3


class LoopTask:
    """Runs the loop as a task of the update.

    Args:
        path: the path of its children.
    """

    def __init__(self, run: Run, loop: Coroutine[Any, Any, None], path: StablePath) -> None:
        self._run = run
        self._path = path
        self._task: asyncio.Task[None] = run.spawn(loop, watched=False)
        self._left_behind: asyncio.Future[None] = run.loop.create_future()
        self._leaving: asyncio.Task[None] | None = None

    def is_current(self) -> bool:
        """Return whether the calling code runs in this task."""
        return asyncio.current_task() is self._task

    async def ended(self) -> None:
        """Wait until it has ended or was abandoned."""
        await asyncio.wait([self._task, self._left_behind], return_when=asyncio.FIRST_COMPLETED)

    def error(self) -> BaseException | None:
        """Return its exception: a CancelledError if it was cancelled; None if it was abandoned."""
        if not self._task.done():
            return None
        return asyncio.CancelledError("it cancelled itself") if self._task.cancelled() else self._task.exception()

    async def cancel_aside(self) -> None:
        """Run `cancel` in a task that does not end with the update, and wait for it for a while."""
        if not self._task.done():
            self._leaving = self._run.tasks.start(self.cancel())
            await asyncio.wait([self._task], timeout=_PATIENCE_SECONDS)

    async def has_left(self) -> None:
        """Wait until that has ended."""
        if self._leaving is not None:
            await asyncio.wait([self._leaving])

    async def cancel(self) -> None:
        """Cancel the loop, log a loop that does not leave, and cancel one that swallowed the cancellation again.

        A loop that swallows several cancellations is abandoned. It can no longer affect the app: from then on all its
        calls are refused, and its earlier calls are waited for.
        """
        loop = self._task
        for times in range(_CANCELLATIONS):
            loop.cancel()
            await asyncio.wait([loop], timeout=_PATIENCE_SECONDS)
            if not loop.done() and not times:
                log(
                    logging.WARNING,
                    f"the process_live() or watch() of {self._path} was cancelled a second ago and still runs, which "
                    "blocks whoever waits for its end; let CancelledError pass, and keep finally blocks short",
                )
            await asyncio.wait([loop], timeout=_AGAIN_SECONDS)
            if loop.done():
                return
        if not self._left_behind.done():
            self._left_behind.set_result(None)
            self._run.leave_behind(loop)
            log(
                logging.WARNING,
                f"the process_live() or watch() of {self._path} was cancelled {_CANCELLATIONS} times and still runs; "
                "it is abandoned, and its further calls are refused: let CancelledError pass",
            )


class LoopExit(Exception):
    """Carries a SystemExit or KeyboardInterrupt of user code out of a task."""

    def __init__(self, raised: BaseException) -> None:
        super().__init__(repr(type(raised)))
        self.raised = raised

"""The running and the waiting job of one key of a live range. Layer: _live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

REMOVE = object()
"""The work of a job that removes its key."""


class Job:
    """One run or removal of a key; it represents all calls that it replaced while it waited.

    Attributes:
        work: what to run, or `REMOVE`.
        number: the number of the last call that it represents.
        oldest: the number of the first call that it represents and that is neither durable nor stored as failed; None
            if there is none.
        untold: the number of the first call that it represents and whose failure was not reported; None for a retry.
        since: the time of its first call.
        wait: creates what a caller waits for.
        tries: the number of failures.
        delay: for a retry, the pause after the failure, in seconds.
        complete: whether it has ended.
    """

    __slots__ = (
        "_future",
        "_raises",
        "complete",
        "delay",
        "number",
        "oldest",
        "since",
        "tries",
        "untold",
        "wait",
        "work",
    )

    def __init__(self, number: int, work: Any, since: float, wait: Callable[[], asyncio.Future[None]]) -> None:
        self.work = work
        self.number = number
        self.oldest: int | None = number
        self.untold: int | None = number
        self.since = since
        self.wait = wait
        self.tries = 0
        self.delay = 0.0
        self.complete = False
        self._raises: BaseException | None = None
        self._future: asyncio.Future[None] | None = None

    def again(self, delay: float) -> Job:
        """Return the retry of this failed job."""
        retry = Job(self.number, self.work, self.since, self.wait)
        retry.oldest = self.oldest
        retry.untold = None
        retry.tries = self.tries + 1
        retry.delay = delay
        return retry

    def end(self, raises: BaseException | None) -> None:
        """End it: it is durable, or its failure was reported; waiters raise `raises`."""
        self.complete = True
        self.work = None
        self._raises = raises
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    async def ready(self) -> None:
        """Wait until it has ended; raise the exception passed to `end`."""
        if not self.complete:
            if self._future is None:
                self._future = self.wait()
            await asyncio.shield(self._future)
        if self._raises is not None:
            try:
                raise self._raises
            finally:
                del self  # to which the traceback would refer


class Call:
    """One `update` or `delete` of a key, or the result of a scan for it.

    Attributes:
        number: its number among the calls of the range.
    """

    __slots__ = ("_job", "number")

    def __init__(self, number: int, job: Job | None) -> None:
        self.number = number
        self._job = job

    async def ready(self) -> None:
        """Wait until this call or a later one for its key is durable, or its failure was reported.

        Raises:
            LiveRangeEndedError: the range ended before that.
            The exception that left the outermost exception handler when the failure was reported.
        """
        job = self._job
        del self  # to which the traceback would refer
        if job is not None:
            ready = job.ready()
            del job
            await ready


class Timer(Protocol):
    """A timer as returned by the loop's `call_later`."""

    def cancel(self) -> None: ...


class Mailbox:
    """The jobs of one key: at most one runs, and one waits for it or for the time of its retry.

    Attributes:
        is_scans: whether a scan opened it; then it does not count against the limit of the range.
    """

    __slots__ = ("is_scans", "key", "running", "timer", "waiting")

    def __init__(self, key: bytes, *, is_scans: bool) -> None:
        self.key = key
        self.is_scans = is_scans
        self.running: Job | None = None
        self.waiting: Job | None = None
        self.timer: Timer | None = None

    def stop_timer(self) -> None:
        """Cancel the timer of a waiting retry."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

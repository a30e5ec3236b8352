"""Threads for sync components: they may block, so the pool grows while no job returns. Layer: _runtime.

anyio is not used, because a call there costs 161 µs and a task; here results are returned in batches.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from ..errors import UpdateCancelledError
from .daemon_threads import leaked
from .interruption import raised_in_a_thread
from .underway import Underway, What, text_of_what

_CHECK_SECONDS = 0.002
_LONGEST_CHECK_SECONDS = 0.016

Done = Callable[[Any, BaseException | None], None]


class _Job(msgspec.Struct, frozen=True, eq=False):
    context: contextvars.Context
    fn: Callable[[], Any]
    done: Done
    what: What


class SyncPool:
    """Runs functions in threads and passes the results to the loop, in batches if they are fast.

    Args:
        loop: receives the results.
        limit: the maximum number of threads.
        underway: counts the running functions.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int, underway: Underway) -> None:
        self._loop = loop
        self._limit = limit
        self._underway = underway
        self._guard = threading.Lock()
        self._jobs: deque[_Job] = deque()
        self._results: deque[tuple[Done, Any, BaseException | None]] = deque()
        self._available = threading.Semaphore(0)
        self._threads = 0
        self._finished = 0
        self._seen = 0
        self._wait = _CHECK_SECONDS
        self._checking = False
        self._draining = False
        self._closed = False

    def submit(self, context: contextvars.Context, fn: Callable[[], Any], done: Done, what: What) -> None:
        """Run `fn` in `context` in some thread, then `done(result, error)` on the loop.

        Args:
            what: the name to log while a cancelled update waits for it.

        Raises:
            UpdateCancelledError: (a RuntimeError) the update has ended.
            RuntimeError: the system cannot start a thread.
        """
        if self._closed:
            raise UpdateCancelledError("the update that this component belongs to has ended; nothing can run in it")
        job = _Job(context, fn, done, what)
        self._jobs.append(job)
        self._available.release()
        if self._threads == 0:
            try:
                self._grow(1)
            except RuntimeError:
                self._jobs.remove(job)
                raise
        if not self._checking:
            self._seen = self._finished
            self._wait = _CHECK_SECONDS
            self._check_later()

    def abandon(self) -> None:
        """Drop the jobs that have not begun; running jobs count as under way until they return."""
        with self._guard:
            self._jobs.clear()

    def close(self) -> None:
        """Let the threads end after their jobs; accept no more."""
        self._closed = True
        for _ in range(self._threads):
            self._available.release()

    def _check_later(self) -> None:
        """Schedule the next check while jobs wait for a thread and more threads are allowed."""
        self._checking = bool(self._jobs) and self._threads < self._limit and not self._closed
        if self._checking:
            self._loop.call_later(self._wait, self._check)

    def _check(self) -> None:
        """Double the threads if no job has returned since the last check: all are blocked."""
        if self._finished == self._seen and not self._closed:
            self._grow(min(self._threads, len(self._jobs), self._limit - self._threads))
            self._wait = _CHECK_SECONDS
        else:
            self._wait = min(2 * self._wait, _LONGEST_CHECK_SECONDS)
        self._seen = self._finished
        self._check_later()

    def _grow(self, n: int) -> None:
        for _ in range(n):
            try:
                threading.Thread(target=self._serve, name="cocoindex-sync", daemon=True).start()
            except RuntimeError:  # the system has no more; the existing ones do the work
                if self._threads:
                    return
                raise
            self._threads += 1

    def _serve(self) -> None:
        """Run jobs; while there are any, the thread counts as under way continuously, which costs less."""
        call: object = None
        current: list[What] = []
        while True:
            if not self._available.acquire(blocking=False):
                if call is not None:
                    self._underway.end(call)
                    call = None
                self._available.acquire()
            with self._guard:  # `abandon` must see a job that has begun
                if not self._jobs:
                    if self._closed:
                        break
                    continue
                job = self._jobs.popleft()
                current[:] = [job.what]
                if call is None:
                    call = self._underway.begin(lambda: text_of_what(current[0]))
            self._results.append(_run(job))
            self._finished += 1
            del job
            if not self._draining:
                self._draining = True
                try:
                    self._loop.call_soon_threadsafe(self._drain)
                except RuntimeError:  # the loop is closed: the run that wanted the result was cancelled
                    break
        if call is not None:
            self._underway.end(call)

    def _drain(self) -> None:
        self._draining = False
        while self._results:
            done, result, error = self._results.popleft()
            done(result, error)


def _run(job: _Job) -> tuple[Done, Any, BaseException | None]:
    try:
        return job.done, job.context.run(job.fn), None
    except StopIteration as exc:
        return job.done, None, leaked(exc)
    except BaseException as exc:
        raised_in_a_thread(exc)
        return job.done, None, exc

"""Threads for synchronous components: they may block, so the pool grows while nothing comes back. Layer: _runtime.

Not on anyio: a hop there costs 161 µs and a task; here results come back many at a time.
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
    """Runs functions in threads and hands the results to the loop, many at a time where they are quick.

    Args:
        loop: gets the results.
        limit: how many threads at most.
        underway: where the functions count while they run.
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
            what: what is told while an update that was cancelled waits for it.

        Raises:
            UpdateCancelledError: (a RuntimeError) the update has ended.
            RuntimeError: the system starts no thread.
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
        """Forget the jobs that have not begun; those that run count as under way until they return."""
        with self._guard:
            self._jobs.clear()

    def close(self) -> None:
        """Let the threads end once their jobs have; takes no more."""
        self._closed = True
        for _ in range(self._threads):
            self._available.release()

    def _check_later(self) -> None:
        """Look again, as long as jobs wait for a thread and there may be more threads."""
        self._checking = bool(self._jobs) and self._threads < self._limit and not self._closed
        if self._checking:
            self._loop.call_later(self._wait, self._check)

    def _check(self) -> None:
        """Double the threads where none of the jobs came back since the last look: they block."""
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
            except RuntimeError:  # the system has no more; those that there are do it
                if self._threads:
                    return
                raise
            self._threads += 1

    def _serve(self) -> None:
        """Run jobs; while there are some, the thread counts as under way without a break, as that costs less."""
        call: object = None
        current: list[What] = []
        while True:
            if not self._available.acquire(blocking=False):
                if call is not None:
                    self._underway.end(call)
                    call = None
                self._available.acquire()
            with self._guard:  # a job that has begun is seen by who abandons the others
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

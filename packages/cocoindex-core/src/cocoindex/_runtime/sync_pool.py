"""Threads for synchronous components: they may block, so the pool grows while nothing comes back. Layer: _runtime."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

_CHECK_SECONDS = 0.002

Done = Callable[[Any, BaseException | None], None]


class SyncPool:
    """Runs functions in threads and hands the results to the loop, many at a time where they are quick."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int) -> None:
        self._loop = loop
        self._limit = limit
        self._jobs: deque[tuple[contextvars.Context, Callable[[], Any], Done]] = deque()
        self._results: deque[tuple[Done, Any, BaseException | None]] = deque()
        self._available = threading.Semaphore(0)
        self._threads = 0
        self._open = 0
        self._finished = 0
        self._seen = 0
        self._checking = False
        self._draining = False
        self._closed = False

    def submit(self, context: contextvars.Context, fn: Callable[[], Any], done: Done) -> None:
        """Run `fn` in `context` in some thread, then `done(result, error)` on the loop."""
        self._open += 1
        self._jobs.append((context, fn, done))
        self._available.release()
        if self._threads == 0:
            self._grow(1)
        if not self._checking:
            self._checking = True
            self._loop.call_later(_CHECK_SECONDS, self._check)

    def close(self) -> None:
        """Let the threads end once their jobs have."""
        self._closed = True
        for _ in range(self._threads):
            self._available.release()

    def _check(self) -> None:
        """Double the threads where none of the jobs came back since the last look: they block."""
        self._checking = False
        if not self._open:
            return
        if self._jobs and self._finished == self._seen:
            self._grow(min(self._threads, len(self._jobs), self._limit - self._threads))
        self._seen = self._finished
        self._checking = True
        self._loop.call_later(_CHECK_SECONDS, self._check)

    def _grow(self, n: int) -> None:
        for _ in range(n):
            self._threads += 1
            threading.Thread(target=self._serve, name="cocoindex-sync", daemon=True).start()

    def _serve(self) -> None:
        while True:
            self._available.acquire()
            if not self._jobs:
                if self._closed:
                    return
                continue
            context, fn, done = self._jobs.popleft()
            result, error = None, None
            try:
                result = context.run(fn)
            except BaseException as exc:
                error = exc
            self._finished += 1
            self._results.append((done, result, error))
            del context, fn, done, result, error
            if not self._draining:
                self._draining = True
                try:
                    self._loop.call_soon_threadsafe(self._drain)
                except RuntimeError:  # the loop is closed: the run that wanted the result was cancelled
                    return

    def _drain(self) -> None:
        self._draining = False
        while self._results:
            done, result, error = self._results.popleft()
            self._open -= 1
            done(result, error)

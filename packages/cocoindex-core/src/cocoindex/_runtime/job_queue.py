"""The jobs of a pool whose threads are started on demand. Layer: _runtime."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class JobQueue(Generic[T]):
    """Jobs for as many threads as there are jobs at once, up to a maximum.

    Free threads are counted exactly. A semaphore for those that wait loses count where a thread that has ended its job
    takes the next one before a waiting thread does: the pool would grow with the number of jobs.

    Args:
        most: the maximum number of threads.
    """

    __slots__ = ("_free", "_guard", "_jobs", "_most", "_threads", "_untaken")

    def __init__(self, most: int) -> None:
        self._most = most
        self._jobs: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._threads = self._free = self._untaken = 0

    def put(self, job: T, start: Callable[[int], None]) -> None:
        """Add a job; if no thread is free for it, call `start` with a number from 0, which starts one.

        Raises:
            BaseException: what `start` raised; the job stays in the queue.
        """
        with self._guard:
            self._jobs.put(job)
            self._untaken += 1
            if self._untaken <= self._free or self._threads == self._most:
                return
            number = self._threads
            self._threads += 1
            self._free += 1
        try:
            start(number)
        except BaseException:
            with self._guard:
                self._threads -= 1
                self._free -= 1
            raise

    def take(self) -> T | None:
        """Wait for a job and return it; None if the calling thread is to end. Only free threads call it."""
        job = self._jobs.get()
        if job is not None:
            with self._guard:
                self._untaken -= 1
                self._free -= 1
        return job

    def done(self) -> None:
        """Count the calling thread as free again."""
        with self._guard:
            self._free += 1

    def close(self) -> None:
        """Let the threads end after the jobs that are in the queue."""
        with self._guard:
            for _ in range(self._threads):
                self._jobs.put(None)

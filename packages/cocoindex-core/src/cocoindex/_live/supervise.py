"""The retry policies: for jobs of a live range, for its scans, and for its loop. Layer: _live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .._engine.backoff import LONGEST_RETRY_SECONDS, doubled

LONGEST_RESTART_SECONDS = 60.0
BODY_RETRIES = 5
QUICK_SECONDS = 1.0
QUICK_FAILURES = 10


def retry_live(tries: int, in_sink: bool) -> float | None:
    """Return the delay of a retry in a live update; a `Retry`.

    A sink is retried for ever, because its target may be away for a while; a body a few times, because it may never
    succeed.
    """
    if not in_sink and tries > BODY_RETRIES:
        return None
    return doubled(tries, LONGEST_RETRY_SECONDS)


def retry_next_time(tries: int, in_sink: bool) -> float | None:
    """Leave failures of an update that is not live to the next update; a `Retry`."""
    return None


class Restarts:
    """Decides when a failed loop runs again: after 1, 2, 4 … 60 seconds; starting over once it ran well.

    Args:
        clock: returns the time in seconds.

    Attributes:
        count: the number of failures.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.count = 0
        self._clock = clock
        self._began = clock()
        self._in_a_row = self._quick = 0

    def begin(self) -> None:
        """Note that the loop is about to run."""
        self._began = self._clock()

    def failed(self) -> float | None:
        """Record a failure; return after how many seconds the loop runs again, or None if it makes no progress."""
        lived = self._clock() - self._began
        self.count += 1
        self._in_a_row = 1 if lived >= LONGEST_RESTART_SECONDS else self._in_a_row + 1
        self._quick = self._quick + 1 if lived < QUICK_SECONDS else 0
        return None if self._quick >= QUICK_FAILURES else doubled(self._in_a_row, LONGEST_RESTART_SECONDS)


class Rescans:
    """Decides when a scan is repeated because children failed that nothing else retries.

    After 1, 2, 4 … 300 seconds; starting over once a scan went well. A scan that begins in the meantime counts.

    Args:
        scan: begins a scan.
        loop: the event loop, for its clock.
    """

    def __init__(self, scan: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        self._scan = scan
        self._loop = loop
        self._tries = 0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def wanted(self) -> None:
        """Request a scan, after the delay."""
        if self._timer is None and not self._closed:
            self._tries += 1
            self._timer = self._loop.call_later(doubled(self._tries, LONGEST_RETRY_SECONDS), self._scan)

    def begin(self) -> None:
        """Note that a scan begins."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def went_well(self) -> None:
        """Note that a scan has ended without failures that only another scan would retry."""
        if self._timer is None:
            self._tries = 0

    def close(self) -> None:
        """Stop."""
        self._closed = True
        self.begin()

"""When what has failed is tried again: jobs of a live range, scans of it, the loop that feeds it. Layer: _live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .._engine.backoff import LONGEST_RETRY_SECONDS, doubled

LONGEST_RESTART_SECONDS = 60.0
BODY_RETRIES = 5
QUICK_SECONDS = 1.0
QUICK_FAILURES = 10


def retry_live(tries: int, in_sink: bool) -> float | None:
    """When a job is tried again in an update that goes on: a `Retry`.

    A sink is tried again for ever, as its target may be away for a while; a body a few times, as it may never do.
    """
    if not in_sink and tries > BODY_RETRIES:
        return None
    return doubled(tries, LONGEST_RETRY_SECONDS)


def retry_next_time(tries: int, in_sink: bool) -> float | None:
    """What fails in an update that ends is left to the next one: a `Retry`."""
    return None


class Restarts:
    """When a loop that has failed runs again: after 1, 2, 4 … 60 seconds; from the first again once it has gone well.

    Args:
        clock: the time in seconds.

    Attributes:
        count: how often the loop has failed.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.count = 0
        self._clock = clock
        self._began = clock()
        self._in_a_row = self._quick = 0

    def begin(self) -> None:
        """The loop is about to run."""
        self._began = self._clock()

    def failed(self) -> float | None:
        """The loop has failed: in how many seconds it is to run again; None where it never gets anywhere."""
        lived = self._clock() - self._began
        self.count += 1
        self._in_a_row = 1 if lived >= LONGEST_RESTART_SECONDS else self._in_a_row + 1
        self._quick = self._quick + 1 if lived < QUICK_SECONDS else 0
        return None if self._quick >= QUICK_FAILURES else doubled(self._in_a_row, LONGEST_RESTART_SECONDS)


class Rescans:
    """When a scan is made once more, as some of its children failed and nobody else tries these again.

    After 1, 2, 4 … 300 seconds; from the first again once one went well. A scan that begins meanwhile counts as that.

    Args:
        scan: begins one.
        loop: whose time counts.
    """

    def __init__(self, scan: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        self._scan = scan
        self._loop = loop
        self._tries = 0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def wanted(self) -> None:
        """Have a scan be made, later."""
        if self._timer is None and not self._closed:
            self._tries += 1
            self._timer = self._loop.call_later(doubled(self._tries, LONGEST_RETRY_SECONDS), self._scan)

    def begin(self) -> None:
        """A scan begins."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def went_well(self) -> None:
        """A scan has ended, of which nothing failed that only another scan would try again."""
        if self._timer is None:
            self._tries = 0

    def close(self) -> None:
        """There will be no more."""
        self._closed = True
        self.begin()

"""The number of changes that each live range applied in the last minute. Layer: _progress."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import msgspec

from .._runtime.range_report import RangeReport

_MINUTE_SECONDS: Final = 60.0
_STEP_SECONDS: Final = 5.0


class Reporting(Protocol):
    """An object that reports its state."""

    def report(self) -> RangeReport: ...


class LastMinute:
    """Collects the reports of ranges, and keeps them for a minute.

    Args:
        ranges: returns the present ranges.
        clock: returns the time in seconds.
    """

    def __init__(self, ranges: Callable[[], Iterable[Reporting]], clock: Callable[[], float] = time.monotonic) -> None:
        self._ranges = ranges
        self._clock = clock
        self._samples: dict[Reporting, deque[tuple[float, int]]] = {}

    def __call__(self) -> list[RangeReport]:
        """Return the reports of all ranges, ordered by path."""
        now = self._clock()
        before, self._samples = self._samples, {}
        reports = []
        for each in self._ranges():
            report = each.report()
            samples = self._samples[each] = before.get(each) or deque([(now, 0)])
            reports.append(msgspec.structs.replace(report, last_minute=_since(samples, now, report.changes)))
        return sorted(reports, key=lambda report: report.path)


def _since(samples: deque[tuple[float, int]], now: float, changes: int) -> int:
    """Return the changes since the youngest sample that is at least a minute old, or since the oldest."""
    if now - samples[-1][0] >= _STEP_SECONDS:
        samples.append((now, changes))
    while len(samples) > 1 and samples[1][0] <= now - _MINUTE_SECONDS:
        samples.popleft()
    return changes - samples[0][1]

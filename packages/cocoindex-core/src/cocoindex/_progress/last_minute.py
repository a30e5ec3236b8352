"""How many changes each live range has applied in the last minute. Layer: _progress."""

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
    """What can say how it is."""

    def report(self) -> RangeReport: ...


class LastMinute:
    """Asks ranges how they are, and remembers for a minute what they said.

    Args:
        ranges: those that there are, in each moment.
        clock: in seconds.
    """

    def __init__(self, ranges: Callable[[], Iterable[Reporting]], clock: Callable[[], float] = time.monotonic) -> None:
        self._ranges = ranges
        self._clock = clock
        self._samples: dict[Reporting, deque[tuple[float, int]]] = {}

    def __call__(self) -> list[RangeReport]:
        """The reports of all ranges, by their paths."""
        now = self._clock()
        before, self._samples = self._samples, {}
        reports = []
        for each in self._ranges():
            report = each.report()
            samples = self._samples[each] = before.get(each) or deque([(now, 0)])
            reports.append(msgspec.structs.replace(report, last_minute=_since(samples, now, report.changes)))
        return sorted(reports, key=lambda report: report.path)


def _since(samples: deque[tuple[float, int]], now: float, changes: int) -> int:
    """The changes since the youngest sample that is a minute old, or the oldest."""
    if now - samples[-1][0] >= _STEP_SECONDS:
        samples.append((now, changes))
    while len(samples) > 1 and samples[1][0] <= now - _MINUTE_SECONDS:
        samples.popleft()
    return changes - samples[0][1]

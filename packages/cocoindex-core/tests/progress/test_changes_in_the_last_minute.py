"""The changes of the last minute of each live range, whenever and however often somebody asks."""

from __future__ import annotations

from cocoindex._progress.last_minute import LastMinute
from cocoindex._runtime.range_report import RangeReport


class Range:
    def __init__(self, path: str) -> None:
        self.path = path
        self.changes = 0

    def report(self) -> RangeReport:
        return RangeReport(self.path, changes=self.changes)


def test_they_are_counted_for_a_minute() -> None:
    now = 0.0
    one, other = Range("/one"), Range("/other")
    ranges = [other, one]
    last_minute = LastMinute(lambda: ranges, lambda: now)

    def counts() -> dict[str, int]:
        return {report.path: report.last_minute for report in last_minute()}

    assert list(counts()) == ["/one", "/other"]
    for now in range(1, 200):
        one.changes += 1
        assert counts()["/other"] == 0
        assert min(now, 60) <= counts()["/one"] <= min(now, 65)
    for now in range(200, 270):  # noqa: B007  # the clock
        counts()
    assert counts() == {"/one": 0, "/other": 0}
    one.changes += 7
    assert counts() == {"/one": 7, "/other": 0}
    ranges.remove(one)
    assert counts() == {"/other": 0}


def test_it_is_no_matter_how_seldom_somebody_asks() -> None:
    now = 0.0
    one = Range("/one")
    last_minute = LastMinute(lambda: [one], lambda: now)
    last_minute()
    one.changes, now = 5, 30.0
    assert last_minute()[0].last_minute == 5
    now = 3600.0
    assert last_minute()[0].last_minute == 0

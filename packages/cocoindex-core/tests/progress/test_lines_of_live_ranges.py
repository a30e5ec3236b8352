"""What the line of a live range says, and which are told where there are too many."""

from __future__ import annotations

import io
import time

import pytest

from cocoindex._progress.range_lines import MOST_RANGES, format_range, moment, most_telling
from cocoindex._progress.screen import PlainScreen
from cocoindex._runtime.counts import CountBoard
from cocoindex._runtime.range_report import RangeReport

NOW = time.time()


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (RangeReport("/@a"), "live /@a: not ready yet, 0 changes in the last minute"),
        (
            RangeReport("/@a", NOW, 3, last_minute=1, lag=0.01),
            f"live /@a: ready since {moment(NOW)}, 1 change in the last minute",
        ),
        (
            RangeReport("/@a", NOW, 9, 2, 3, 0.45, 1, 2, 1, NOW, "restart", "polling"),
            f"live /@a: ready since {moment(NOW)}, 2 changes in the last minute, 3 waiting, lag 0.5 s, 1 FAILED, "
            f"2 retries, 1 restart, rescanned {moment(NOW)} (restart), polling",
        ),
        (
            RangeReport("/@a", NOW, lag=300.0, rescanned=NOW),
            f"live /@a: ready since {moment(NOW)}, 0 changes in the last minute, lag 5 min, rescanned {moment(NOW)}",
        ),
    ],
    ids=["not ready", "ready", "all", "idle"],  # each process that collects the tests has another time
)
def test_it_leaves_out_what_there_is_nothing_to_say_of(report: RangeReport, line: str) -> None:
    assert format_range(report) == line


def test_a_time_of_another_day_says_which() -> None:
    assert moment(0.0).startswith(("1970-01-01 ", "1969-12-31 "))
    assert len(moment(NOW)) == len("12:03:04")


def test_of_many_those_are_told_that_have_trouble() -> None:
    reports = [RangeReport(f"/{n:03}", NOW, failed=int(n == 77), waiting=int(n == 55)) for n in range(100)]
    told = most_telling(reports, 3)
    assert [report.path for report in told] == ["/000", "/055", "/077"]
    out = io.StringIO()
    board = CountBoard()
    board.ready, board.ranges = True, lambda: reports
    PlainScreen(out).refresh(board)
    lines = out.getvalue().splitlines()
    assert len([line for line in lines if line.startswith("live ")]) == MOST_RANGES
    assert lines[-1] == "and 80 more live ranges"

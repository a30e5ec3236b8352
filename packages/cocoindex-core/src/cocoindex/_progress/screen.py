"""The output of reports: one shared region of the terminal, or plain lines elsewhere. Layer: _progress."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Protocol, TextIO

import msgspec

from .lines import format_stats
from .range_lines import MOST_RANGES, and_more, format_range, most_telling
from .stats import stats_of

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from .._runtime.counts import CountBoard
    from .._runtime.range_report import RangeReport

_FRAME_SECONDS = 0.05

_lock = threading.RLock()
_terminal: TerminalScreen | None = None


class Screen(Protocol):
    """Shows reports.

    Attributes:
        seconds: the default interval.
        live_seconds: the default interval once the initial work is complete.
    """

    seconds: float
    live_seconds: float

    def add(self, board: CountBoard) -> None:
        """Start to show a report."""

    def refresh(self, board: CountBoard) -> None:
        """Show its current counts."""

    def finish(self, board: CountBoard) -> None:
        """Show its final counts permanently."""


class PlainScreen:
    """Prints the lines of a report when they have changed.

    After it is ready, these are the lines of live ranges.
    """

    seconds = 5.0
    live_seconds = 60.0

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last: list[str] = []
        self._ranges: dict[str, RangeReport] | None = None

    def add(self, board: CountBoard) -> None:
        """Do nothing: there are no counts yet."""

    def refresh(self, board: CountBoard) -> None:
        if self._ranges is None:
            lines = format_stats(stats_of(board), board.title)
            if lines != self._last:
                self._print(lines)
        if board.ready and board.ranges is not None:
            self._print_ranges(board.ranges())

    def _print_ranges(self, reports: list[RangeReport]) -> None:
        before, self._ranges = self._ranges or {}, {report.path: _without_times(report) for report in reports}
        changed = [report for report in reports if self._ranges[report.path] != before.get(report.path)]
        lines = [format_range(report) for report in most_telling(changed, MOST_RANGES)]
        if len(lines) < len(changed):
            lines.append(and_more(len(changed) - len(lines)))
        self._print(lines)

    def finish(self, board: CountBoard) -> None:
        self._print(format_stats(stats_of(board), board.title))

    def _print(self, lines: list[str]) -> None:
        self._last = lines
        if not lines:
            return
        self._out.write("".join(line + "\n" for line in lines))  # in one write, so that no other line comes between
        self._out.flush()


def _without_times(report: RangeReport) -> RangeReport:
    """Return the parts of a report that do not change with time alone."""
    return msgspec.structs.replace(report, last_minute=0, lag=0.0)


class TerminalScreen:
    """Shows the tables of all reports of the process below each other, at the end of the terminal.

    Other output appears above them, and so do the final counts of finished reports.
    """

    seconds = 0.2
    live_seconds = 1.0

    def __init__(self, out: TextIO) -> None:
        # This import takes 100 ms, and is needed only here.
        from rich.console import Console, Group
        from rich.live import Live

        from .table import ranges_table, table_of

        self._table_of = table_of
        self._ranges_table = ranges_table
        self._boards: list[CountBoard] = []
        self._shown: object = None
        self._drawn = 0.0
        self._live: Live = Live(
            get_renderable=lambda: Group(*self._tables()),
            console=Console(file=out),
            auto_refresh=False,
            transient=True,
        )

    def add(self, board: CountBoard) -> None:
        with _lock:
            self._boards.append(board)
            if len(self._boards) == 1:
                self._live.start()

    def refresh(self, board: CountBoard) -> None:
        # All are drawn together: otherwise each of many would draw all of them.
        now = time.monotonic()
        if now - self._drawn >= _FRAME_SECONDS:
            with _lock:
                if not board.ready or self._has_changed():
                    self._live.refresh()
            self._drawn = now

    def _has_changed(self) -> bool:
        """Return whether anything has changed: an update that runs for weeks is mostly idle."""
        before = self._shown
        self._shown = [
            (board.title, stats_of(board), None if board.ranges is None else board.ranges()) for board in self._boards
        ]
        return self._shown != before

    def _tables(self) -> list[Table]:
        tables = []
        for board in self._boards:
            tables.append(self._table_of(stats_of(board), board.title))
            if board.ranges is not None and (reports := board.ranges()):
                tables.append(self._ranges_table(reports))
        return tables

    def finish(self, board: CountBoard) -> None:
        global _terminal
        with _lock:
            self._boards = [other for other in self._boards if other is not board]
            if not self._boards:
                _terminal = None
                self._live.stop()
            self._live.console.print(self._table_of(stats_of(board), board.title))


def screen_of_stdout() -> Screen | None:
    """Return the screen of standard output, which is shared on a terminal; None if there is no output."""
    global _terminal
    with _lock:
        if _terminal is not None:
            return _terminal
        out = sys.stdout
        if out is None or out.closed:
            return None
        if not out.isatty():
            return PlainScreen(out)
        _terminal = TerminalScreen(out)
        return _terminal

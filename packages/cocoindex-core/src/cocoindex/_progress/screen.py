"""Where reports are printed: one region of the terminal that all share, or plain lines elsewhere. Layer: _progress."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Protocol, TextIO

from .lines import format_stats
from .stats import stats_of

if TYPE_CHECKING:
    from rich.live import Live

    from .._runtime.counts import CountBoard

_FRAME_SECONDS = 0.05

_lock = threading.RLock()
_terminal: TerminalScreen | None = None


class Screen(Protocol):
    """Shows reports.

    Attributes:
        seconds: how often they are shown where nobody says.
    """

    seconds: float

    def add(self, board: CountBoard) -> None:
        """Begin to show a report."""

    def refresh(self, board: CountBoard) -> None:
        """Show its numbers as they are now."""

    def finish(self, board: CountBoard) -> None:
        """Show its last numbers, for good."""


class PlainScreen:
    """Prints lines behind each other: those of a report when they have changed."""

    seconds = 5.0

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last: list[str] = []

    def add(self, board: CountBoard) -> None:
        """Nothing: there are no numbers yet."""

    def refresh(self, board: CountBoard) -> None:
        lines = format_stats(stats_of(board), board.title)
        if lines != self._last:
            self._print(lines)

    def finish(self, board: CountBoard) -> None:
        self._print(format_stats(stats_of(board), board.title))

    def _print(self, lines: list[str]) -> None:
        self._last = lines
        self._out.write("".join(line + "\n" for line in lines))  # at once, so that no other line comes between
        self._out.flush()


class TerminalScreen:
    """The tables of all reports of the process below each other, at the end of the terminal.

    What else is printed meanwhile appears above them, and so do the last numbers of those that are finished.
    """

    seconds = 0.2

    def __init__(self, out: TextIO) -> None:
        # Costs 100 ms, and is wanted here only.
        from rich.console import Console, Group
        from rich.live import Live

        from .table import table_of

        self._table_of = table_of
        self._boards: list[CountBoard] = []
        self._drawn = 0.0
        self._live: Live = Live(
            get_renderable=lambda: Group(*(table_of(stats_of(board), board.title) for board in self._boards)),
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
        # All are drawn together: each of many would otherwise draw all of them.
        now = time.monotonic()
        if now - self._drawn >= _FRAME_SECONDS:
            with _lock:
                self._live.refresh()
            self._drawn = now

    def finish(self, board: CountBoard) -> None:
        global _terminal
        with _lock:
            self._boards = [other for other in self._boards if other is not board]
            if not self._boards:
                _terminal = None
                self._live.stop()
            self._live.console.print(self._table_of(stats_of(board), board.title))


def screen_of_stdout() -> Screen | None:
    """Where standard output goes: the terminal's screen, which is one for all; None where there is no output."""
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

"""Prints the progress of an update: lines that replace each other on a terminal, plain lines elsewhere.

Layer: _progress.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TextIO

from .._runtime.counts import CountBoard
from .stats import ComponentStats, UpdateStats, stats_of

_TERMINAL_SECONDS = 0.2
_PLAIN_SECONDS = 5.0


@asynccontextmanager
async def reporting(board: CountBoard, interval: bool | timedelta, out: TextIO | None = None) -> AsyncIterator[None]:
    """Print the progress while the block runs, and the final numbers at its end.

    Args:
        interval: how often; a bool for the default.
        out: where to; standard output by default.
    """
    display = _Display(out or sys.stdout)
    seconds = interval.total_seconds() if isinstance(interval, timedelta) else display.default_seconds
    ticker = asyncio.ensure_future(_tick(display, board, seconds))
    try:
        yield
    finally:
        ticker.cancel()
        display.show(stats_of(board), final=True)


async def _tick(display: _Display, board: CountBoard, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        display.show(stats_of(board), final=False)


class _Display:
    """Writes the numbers; on a terminal over those written before."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._lines = 0
        self._last: list[str] = []

    @property
    def default_seconds(self) -> float:
        return _TERMINAL_SECONDS if self._terminal else _PLAIN_SECONDS

    def show(self, stats: UpdateStats, *, final: bool) -> None:
        lines = format_stats(stats)
        if self._terminal:
            back = f"\x1b[{self._lines}F\x1b[0J" if self._lines else ""
            self._out.write(back + "".join(line + "\n" for line in lines))
            self._lines = len(lines)
        elif final or lines != self._last:
            self._out.write("".join(line + "\n" for line in lines))
        self._last = lines
        self._out.flush()


def format_stats(stats: UpdateStats) -> list[str]:
    """One line for each function, and their sum where there are several."""
    lines = [_line(name, numbers) for name, numbers in sorted(stats.by_component.items())]
    if len(lines) > 1:
        lines.append(_line("total", stats.total))
    return lines or ["nothing to do"]


def _line(name: str, numbers: ComponentStats) -> str:
    parts = [
        (numbers.num_adds, "added"),
        (numbers.num_reprocesses, "reprocessed"),
        (numbers.num_deletes, "deleted"),
        (numbers.num_unchanged, "unchanged"),
        (numbers.num_errors, "FAILED"),
        (numbers.num_in_progress, "in progress"),
    ]
    told = ", ".join(f"{n} {what}" for n, what in parts if n) or "nothing yet"
    return f"{name}: {numbers.num_finished}/{max(numbers.num_execution_starts, numbers.num_finished)} done: {told}"

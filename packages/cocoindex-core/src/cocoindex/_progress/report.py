"""Shows a report on standard output while it is counted. Layer: _progress."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

from .._runtime.block import block
from .._runtime.counts import CountBoard
from .screen import Screen, screen_of_stdout


@block
def reporting(board: CountBoard, interval: bool | timedelta) -> Iterator[None]:
    """Show the numbers while the block runs, and the last ones at its end.

    Args:
        interval: how often; a bool for the default.
    """
    display = Display(board, interval, asyncio.get_running_loop())
    try:
        yield
    finally:
        display.finish()


class Display:
    """One report on the screen; an output that breaks ends the display, and not what is displayed."""

    def __init__(self, board: CountBoard, interval: bool | timedelta, loop: asyncio.AbstractEventLoop) -> None:
        self._board = board
        self._loop = loop
        self._screen: Screen | None = screen_of_stdout()
        self._timer: asyncio.TimerHandle | None = None
        if self._screen is None:
            return
        self._seconds = interval.total_seconds() if isinstance(interval, timedelta) else self._screen.seconds
        self._do(self._screen.add)
        self._timer = loop.call_later(self._seconds, self._tick)

    def finish(self) -> None:
        """Show the last numbers."""
        if self._timer is not None:
            self._timer.cancel()
        if self._screen is not None:
            self._do(self._screen.finish)

    def _tick(self) -> None:
        if self._screen is not None:
            self._do(self._screen.refresh)
            self._timer = self._loop.call_later(self._seconds, self._tick)

    def _do(self, show: Callable[[CountBoard], None]) -> None:
        try:
            show(self._board)
        except (OSError, ValueError):  # nobody reads it any more, or it was closed
            self._screen = None

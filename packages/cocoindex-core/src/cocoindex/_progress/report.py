"""Shows a report on standard output while it is updated. Layer: _progress."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

from .._runtime.block import block
from .._runtime.counts import CountBoard
from .screen import Screen, screen_of_stdout


@block
def reporting(board: CountBoard, interval: bool | timedelta) -> Iterator[None]:
    """Show the counts while the block runs, and the final ones at its end.

    Args:
        interval: how often to show them; a bool for the default.
    """
    display = Display(board, interval, asyncio.get_running_loop())
    try:
        yield
    finally:
        display.finish()


class Display:
    """One report on the screen; a broken output ends the display, but not the operation."""

    def __init__(self, board: CountBoard, interval: bool | timedelta, loop: asyncio.AbstractEventLoop) -> None:
        self._board = board
        self._loop = loop
        self._screen: Screen | None = screen_of_stdout()
        self._timer: asyncio.Handle | None = None
        self._unsubscribe: Callable[[], None] | None = None
        if self._screen is None:
            return
        self._given = interval.total_seconds() if isinstance(interval, timedelta) else None
        self._do(self._screen.add)
        self._timer = loop.call_later(self._seconds(self._screen), self._tick)
        self._unsubscribe = board.subscribe(self._changed)

    def finish(self) -> None:
        """Show the final counts."""
        self._stop_listening()
        if self._timer is not None:
            self._timer.cancel()
        if self._screen is not None:
            self._do(self._screen.finish)

    def _tick(self) -> None:
        if self._screen is not None:
            self._do(self._screen.refresh)
        if self._screen is not None:
            self._timer = self._loop.call_later(self._seconds(self._screen), self._tick)

    def _seconds(self, screen: Screen) -> float:
        return self._given or (screen.live_seconds if self._board.ready else screen.seconds)

    def _changed(self) -> None:
        """Show at once that it is ready, if it continues after that."""
        if self._board.ready and not self._board.over:
            self._stop_listening()
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_soon(self._tick)

    def _stop_listening(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _do(self, show: Callable[[CountBoard], None]) -> None:
        try:
            show(self._board)
        except (OSError, ValueError):  # the reader is gone, or the output was closed
            self._screen = None

"""Logs a live range that keeps an update from being ready although nothing of it is running. Layer: _live."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from typing import TYPE_CHECKING

from .._runtime.log import log

if TYPE_CHECKING:
    from .loop_failures import LoopFailures
    from .range import LiveRange

SECONDS = 60.0
"""A source that has told nothing for so long may wait for the first thing it has to tell."""


class Unready:
    """Checks from time to time until the range is ready or has ended, and logs it once."""

    def __init__(self, range_: LiveRange, failures: LoopFailures, where: str, loop: asyncio.AbstractEventLoop) -> None:
        self._range = range_
        self._failures = failures
        self._where = where
        self._loop = loop
        self._number = range_.number
        self._timer = self._later()

    def close(self) -> None:
        """Stop, because the range is ready or has ended."""
        self._timer.cancel()

    def _look(self) -> None:
        if self._failures.are_told:
            return  # users know what it waits for
        if self._number != self._range.number or self._range.is_busy:
            self._number = self._range.number
            self._timer = self._later()
            return
        log(
            logging.WARNING,
            f"{self._where} was not called for {SECONDS:.0f} s, and the whole update waits for its mark_ready(); call "
            "it when all items that exist at the start were reported, even if there are none",
        )

    def _later(self) -> asyncio.TimerHandle:
        # The event loop keeps a cancelled timer for a while, and with it the context in which it was created.
        return self._loop.call_later(SECONDS, self._look, context=contextvars.Context())

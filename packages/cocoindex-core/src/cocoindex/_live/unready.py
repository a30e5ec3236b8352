"""Says which live range keeps an update from being ready though nothing of it is under way. Layer: _live."""

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
    """Looks now and then, and says it once, until the range is ready or has ended."""

    def __init__(self, range_: LiveRange, failures: LoopFailures, where: str, loop: asyncio.AbstractEventLoop) -> None:
        self._range = range_
        self._failures = failures
        self._where = where
        self._loop = loop
        self._number = range_.number
        self._timer = self._later()

    def close(self) -> None:
        """It is ready, or ends."""
        self._timer.cancel()

    def _look(self) -> None:
        if self._failures.are_told:
            return  # of which people know what it waits for
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
        # The loop holds a cancelled timer for a while, and with it the context that it was made in.
        return self._loop.call_later(SECONDS, self._look, context=contextvars.Context())

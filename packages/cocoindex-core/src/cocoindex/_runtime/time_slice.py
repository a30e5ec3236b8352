"""How long the engine keeps an event loop before everything else on it gets a turn. Layer: _runtime.

The loop may be that of a server, which must answer while thousands of components run.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic

SECONDS = 0.01


class TimeSlice:
    """The time that a task of an update may take in one iteration of the loop.

    A task that does much without suspending asks `is_over` between its steps. In each iteration, one of the tasks that
    passed on continues, with a new slice.
    """

    __slots__ = ("_end", "_loop", "_passing", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._passing = 0
        self.begin()

    def begin(self) -> None:
        """Begin a new slice."""
        self._end = monotonic() + SECONDS

    def is_over(self) -> bool:
        """Return whether everything else on the loop should get a turn now."""
        return monotonic() >= self._end

    @property
    def is_wanted(self) -> bool:
        """Return whether tasks that passed on wait for a slice."""
        return self._passing > 0

    async def pass_on(self) -> None:
        """Let everything else on the loop have a turn, then begin a new slice."""
        turn: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append(turn)
        if len(self._waiting) == 1:
            self._loop.call_soon(self._next)
        self._passing += 1
        try:
            await turn
        finally:
            self._passing -= 1
        self.begin()

    def _next(self) -> None:
        turn = self._waiting.popleft()
        if not turn.done():  # it is not cancelled
            turn.set_result(None)
        if self._waiting:
            self._loop.call_soon(self._next)

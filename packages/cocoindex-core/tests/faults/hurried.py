"""A loop on which pauses take no time, so that retries of a live update come at once."""

from __future__ import annotations

import asyncio
import selectors

GRACE = 0.005
"""So many seconds of each pause are waited for, as a thread may end meanwhile."""

JUMP = 50.0
"""So many seconds of a pause are skipped after that."""


class HurriedLoop(asyncio.SelectorEventLoop):
    """Its clock jumps to the next timer when nothing else happens."""

    def __init__(self) -> None:
        self.skipped = 0.0
        super().__init__(_Hurried(self))

    def time(self) -> float:
        return super().time() + self.skipped


class _Hurried(selectors.DefaultSelector):
    def __init__(self, loop: HurriedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= GRACE:
            return super().select(timeout)
        found = super().select(GRACE)
        if not found:
            self._loop.skipped += min(timeout, JUMP) - GRACE
        return found

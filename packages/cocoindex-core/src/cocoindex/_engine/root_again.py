"""When the root runs once more in an update that goes on. Layer: _engine.

What has to make a container anew that is gone runs where something live can list it. What nothing live can list is
below the root only: the root runs, and with it what is marked, as in another update.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .backoff import LONGEST_RETRY_SECONDS, doubled

if TYPE_CHECKING:
    from .roll import Roll


class RootAgain:
    """After a second, so that what comes together is one run; after 1, 2, 4 … 300 seconds where a run has failed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._tries = 0
        self._closed = False
        self._due = asyncio.Event()

    def wanted(self) -> None:
        """Have the root run, soon."""
        if self._timer is None and not self._closed and not self._due.is_set():
            self._tries += 1
            self._timer = self._loop.call_later(doubled(self._tries, LONGEST_RETRY_SECONDS), self._is_due)

    def _is_due(self) -> None:
        self._timer = None
        self._due.set()

    async def due(self, roll: Roll) -> bool:
        """Wait until the root is to run; False where the update has ended before, as all of its ranges have."""
        while not self._due.is_set():
            ended = asyncio.ensure_future(roll.all_ended())
            due = asyncio.ensure_future(self._due.wait())
            try:
                await asyncio.wait([ended, due] if self._timer is None else [due], return_when=asyncio.FIRST_COMPLETED)
                if ended.done() and self._timer is None and not self._due.is_set():
                    return False
            finally:
                ended.cancel()
                due.cancel()
        self._due.clear()
        return not self._closed

    def went(self, *, well: bool) -> None:
        """The root has run; where it failed, it runs again."""
        if well:
            self._tries = 0
        else:
            self.wanted()

    def close(self) -> None:
        """It runs no more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due.set()

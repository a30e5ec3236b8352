"""Schedules walks of the whole directory: at the start, at intervals, and after lost events.

Connector layer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from ..errors import SourceDirectoryError, UnreadableDirectoryError

if TYPE_CHECKING:
    from .session import Session

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds after which a failed walk is repeated, at first and at most."""


class Scans:
    """Walks all files on request: one walk at a time, and not more than half of the time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked = asyncio.Event()
        self._why = ""
        self._anew = False
        self.under_way = False
        self._told = ""  # the last reported failure since a walk succeeded

    @property
    def waits(self) -> bool:
        """Whether a new watcher for all directories is requested or being opened."""
        return self._anew or self.under_way

    def ask(self, why: str, anew: bool = False) -> None:
        """Request a walk of everything; with `anew`, open a new watcher before it."""
        self._why = self._why or why
        self._anew |= anew
        self._asked.set()

    async def run(self) -> None:
        session = self._session
        loop = asyncio.get_running_loop()
        await session.open()
        ready = await self._first()
        pause = 0.0 if ready else FIRST_PAUSE
        while True:
            await self._next(pause)
            began = loop.time()
            pause = 0.0 if await self._scan() else min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)
            if not ready and not pause:
                ready = True
                await session.subscriber.mark_ready()
            await asyncio.sleep(min(loop.time() - began, LONGEST_PAUSE))

    async def _first(self) -> bool:
        """Walk everything for the first time; return whether the subscriber was marked as ready.

        It was not if a part of the directory could not be listed. The other parts are watched meanwhile, since it may
        take long until somebody fixes the permissions.
        """
        session = self._session
        try:
            await self._walk()
        except UnreadableDirectoryError as error:
            if error is not session.items.failure:
                raise
            self._told = repr(error)
            await session.subscriber.report_exception(error)
            return False
        await session.subscriber.mark_ready()
        return True

    async def _next(self, pause: float) -> None:
        """Wait until a walk is requested or due; if `pause` is not 0, for at most that many seconds."""
        interval = self._session.items.rescan_interval
        most = pause or (None if interval is None else interval.total_seconds())
        try:
            async with asyncio.timeout(most):
                await self._asked.wait()
        except TimeoutError:
            self.ask("the last walk failed" if pause else "the interval has passed", anew=True)
        await self._session.sentry.present.wait()

    async def _scan(self) -> bool:
        """Walk everything; return whether that succeeded."""
        session = self._session
        why, anew = self._why, self._anew
        self._why, self._anew = "", False
        self._asked.clear()
        session.note(f"all files are compared: {why}")
        self.under_way = anew
        try:
            if anew:
                await session.open()
        except SourceDirectoryError:
            await session.sentry.look()
            return False
        finally:
            self.under_way = False
        try:
            await self._walk()
        except Exception as error:
            if error is not session.items.failure:
                raise
            if await session.sentry.look() and repr(error) != self._told:
                self._told = repr(error)
                await session.subscriber.report_exception(error)
            return False
        self._told = ""
        return True

    async def _walk(self) -> None:
        await self._session.report()
        early = self._session.early
        early.begin()
        try:
            await self._session.subscriber.update_all()
        finally:
            early.end()

"""Checks repeatedly whether the walked directory exists.

Connector layer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .session import Session

LOOK: Final = 1.0
"""Seconds between two checks without an event: a directory above may be renamed, or a link to it changed."""


class Sentry:
    """Checks the root each second, and after each event of it.

    Attributes:
        touched: set after an event of the root.
        present: set while the root exists.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.touched = asyncio.Event()
        self.present = asyncio.Event()
        self.present.set()

    async def run(self) -> None:
        while True:
            await self.look(await self._wait())

    async def look(self, touched: bool = False) -> bool:
        """Check whether the root exists, and report a change; return whether it is the watched directory."""
        root, watcher = self._session.root, self._session.watcher
        if watcher is None or "" not in watcher.silent:
            there = root.identity()
        else:  # it may be on a remote machine that does not answer
            there = await asyncio.get_running_loop().run_in_executor(None, root.identity)
        self._see(there, touched)
        watcher = self._session.watcher
        return watcher is not None and there == watcher.identity

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(LOOK):
                await self.touched.wait()
        except TimeoutError:
            return False
        self.touched.clear()
        return True

    def _see(self, there: tuple[int, int] | None, touched: bool) -> None:
        session = self._session
        watcher = session.watcher
        if there is None:
            if self.present.is_set():
                self.present.clear()
                session.close()
                session.dirty.clear()
                session.say("the directory is missing; its known files are kept until it is back")
        elif not self.present.is_set():
            self.present.set()
            session.say("the directory is back")
            session.lost("the directory is back")
        elif watcher is not None and not session.scans.waits:
            if there != watcher.identity:
                session.lost("the watched directory was replaced by another one")
            elif touched and watcher.is_blind():
                session.lost("the directory can be listed again")

"""Watches whether the walked directory exists.

Connector layer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .session import Session

LOOK: Final = 1.0
"""Seconds between two looks, if nothing happens: a directory above may be renamed, or a link to it lead elsewhere."""


class Sentry:
    """Looks at the root each second, and whenever something has happened to it.

    Attributes:
        touched: is set when something has.
        present: is set while the root is there.
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
        """See whether it is there, say so where that has changed, and return whether it is the watched one."""
        root, watcher = self._session.root, self._session.watcher
        if watcher is None or "" not in watcher.silent:
            there = root.identity()
        else:  # it may lie on another machine that does not answer
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

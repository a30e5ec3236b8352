"""Reports the files of directories that were moved away or replaced, without walking everything again.

Connector layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .._file import File
    from .session import Session

MOST: Final = 32
"""The number of directories to report at the same time, at most; beyond it, everything is walked again instead."""


class Parts:
    """Reports the complete list of files below a directory to the subscriber, concurrently with other changes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._telling: set[asyncio.Task[Any]] = set()
        self._ended: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()

    async def gone(self, key: str) -> None:
        """Report that the directory was moved away; changes reported after this call are newer."""
        await self._is(f"{key}/", (), f"the directory {key!r} was taken away")

    async def replaced(self, prefix: str, files: list[tuple[str, File]]) -> None:
        """Report a new directory with these files in its place; changes reported after this call are newer."""
        await self._is(prefix, files, f"{prefix!r} is another directory, or can be listed again")

    async def _is(self, prefix: str, files: Iterable[tuple[str, File]], why: str) -> None:
        update_part = getattr(self._session.subscriber, "update_part", None)
        if update_part is None or len(self._telling) >= MOST:
            self._session.compare(why)
            return
        self._session.note(why)
        telling = asyncio.ensure_future(update_part(prefix, files))
        self._telling.add(telling)
        telling.add_done_callback(self._has_ended)
        await asyncio.sleep(0)  # let the call begin

    async def run(self) -> None:
        """Run until a report fails, or until cancelled."""
        try:
            while True:
                (await self._ended.get()).result()
        finally:
            for telling in self._telling:
                telling.cancel()
            await asyncio.gather(*self._telling, return_exceptions=True)

    def _has_ended(self, telling: asyncio.Task[Any]) -> None:
        self._telling.discard(telling)
        self._ended.put_nowait(telling)

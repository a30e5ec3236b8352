"""A live feed in memory that stores how far it was told, for the tests of `LiveSourceSuite`: sound, or with a flaw."""

from __future__ import annotations

import asyncio
from typing import Any

from cocoindex.connectorkits import SingleWatcherGuard
from cocoindex.testing import LiveSourceDriver

from .memory_sources import Change, Item


class Log:
    """A feed of a log of changes, which stores how far it was told."""

    def __init__(self, entries: list[Change], flaw: str, wake: asyncio.Event) -> None:
        self._entries = entries
        self._flaw = flaw
        self._wake = wake
        self._guard = SingleWatcherGuard("a log")

    async def watch(self, subscriber: Any) -> None:
        with self._guard:
            at = await subscriber.read_committed_state("cursor") or 0
            if self._flaw == "goes on behind where it was" and at:
                at += 1
            end = len(self._entries)
            while at < end:
                at = await self._tell(subscriber, at)
            await subscriber.mark_ready()
            while True:
                await self._wake.wait()
                self._wake.clear()
                while at < len(self._entries):
                    at = await self._tell(subscriber, at)

    async def _tell(self, subscriber: Any, at: int) -> int:
        key, value = self._entries[at]
        if self._flaw == "stores its position first":
            await subscriber.write_committed_state("cursor", at + 1)
        if value is None:
            await subscriber.delete(key)
        else:
            await subscriber.update(key, (key, value))
        if self._flaw != "stores its position first":
            await subscriber.checkpoint(at + (2 if self._flaw == "counts what comes next" else 1))
        return at + 1


class LogDriver(LiveSourceDriver[Item]):
    """A `Log`."""

    def __init__(self, flaw: str = "") -> None:
        self._entries: list[Change] = []
        self._flaw = flaw
        self._wake = asyncio.Event()

    async def source(self) -> Any:
        return Log(self._entries, self._flaw, self._wake)

    async def read(self, item: Item) -> Item:
        return item

    async def put(self, key: Any, value: Any) -> None:
        self._entries.append((key, value))
        self._wake.set()

    async def remove(self, key: Any) -> None:
        await self.put(key, None)

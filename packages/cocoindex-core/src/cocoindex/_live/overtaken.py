"""Waits for a newer call of a key whose source item is gone. Layer: _live."""

from __future__ import annotations

import asyncio

MOMENT_SECONDS = 2.0
"""So long what is gone may be told as gone by its source, after it was found to be."""


class Overtaken:
    """The keys whose jobs wait for a newer call."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, asyncio.Event] = {}

    async def within_a_moment(self, key: bytes) -> bool:
        """Wait a moment for a newer call of a key; return whether one came."""
        overtaken = self._waiting.setdefault(key, asyncio.Event())
        try:
            async with asyncio.timeout(MOMENT_SECONDS):
                await overtaken.wait()
        except TimeoutError:
            self._waiting.pop(key, None)
            return False
        return True

    def by_call(self, key: bytes) -> None:
        """Note that a newer call of a key waits behind the running job."""
        if self._waiting and (overtaken := self._waiting.pop(key, None)) is not None:
            overtaken.set()

    def end(self) -> None:
        """Release all waiters, because the range has ended."""
        for overtaken in self._waiting.values():
            overtaken.set()
        self._waiting.clear()

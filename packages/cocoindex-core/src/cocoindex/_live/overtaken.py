"""Who waits whether a newer call decides about a key, as what it was to read is gone. Layer: _live."""

from __future__ import annotations

import asyncio

MOMENT_SECONDS = 2.0
"""So long what is gone may be told as gone by its source, after it was found to be."""


class Overtaken:
    """The keys whose jobs wait for that."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, asyncio.Event] = {}

    async def within_a_moment(self, key: bytes) -> bool:
        """Wait a moment for a newer call of a key; whether one has come."""
        overtaken = self._waiting.setdefault(key, asyncio.Event())
        try:
            async with asyncio.timeout(MOMENT_SECONDS):
                await overtaken.wait()
        except TimeoutError:
            self._waiting.pop(key, None)
            return False
        return True

    def by_call(self, key: bytes) -> None:
        """A newer call of a key waits behind the job that runs."""
        if self._waiting and (overtaken := self._waiting.pop(key, None)) is not None:
            overtaken.set()

    def end(self) -> None:
        """The range has ended, and nothing matters any more."""
        for overtaken in self._waiting.values():
            overtaken.set()
        self._waiting.clear()

"""Lets full updates of a live component run alone, and single updates together. Layer: _live."""

from __future__ import annotations

import asyncio


class Gate:
    """A shared/exclusive lock: many holders together, or one alone. Later ones wait behind a waiting exclusive one."""

    __slots__ = ("inside", "left", "lock")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.inside = 0
        self.left = asyncio.Event()

    def alone(self) -> _Alone:
        """Enter alone: wait until nobody is inside, and keep others out."""
        return _Alone(self)

    def together(self) -> _Together:
        """Enter together with others."""
        return _Together(self)


class _Together:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __aenter__(self) -> None:
        async with self._gate.lock:
            self._gate.inside += 1

    async def __aexit__(self, *_: object) -> None:
        self._gate.inside -= 1
        self._gate.left.set()


class _Alone:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __aenter__(self) -> None:
        await self._gate.lock.acquire()
        try:
            while self._gate.inside:
                self._gate.left.clear()
                await self._gate.left.wait()
        except BaseException:
            self._gate.lock.release()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._gate.lock.release()

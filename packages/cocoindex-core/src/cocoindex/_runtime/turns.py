"""One operation at a time on an app, in the order of their calls; a drop cancels those before it. Layer: _runtime."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any

from .block import async_block
from .log import log
from .operation import PATIENCE_SECONDS, Operation


class Turns:
    """Who works on one app in this process, and who waits to; used on one loop."""

    __slots__ = ("_lock", "_updates")

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._updates: dict[Operation[Any], None] = {}

    @async_block
    async def update(self, operation: Operation[Any]) -> AsyncGenerator[None, None]:
        """Have the turn for the block of an update or preview, and until nothing of it is under way any more."""
        self._updates[operation] = None
        try:
            async with self._turn(operation):
                yield
        finally:
            del self._updates[operation]

    @async_block
    async def drop(self, operation: Operation[Any], reason: str) -> AsyncGenerator[None, None]:
        """As `update`, for a drop: cancels the updates that run or wait, and begins when they have left in order.

        Args:
            reason: what those are told who wait for one of these updates.
        """
        updates = list(self._updates)
        for update in updates:
            update.cancel(reason)
        teller = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, _tell_what_is_left, updates)
        try:
            async with self._turn(operation):
                teller.cancel()
                yield
        finally:
            teller.cancel()

    @async_block
    async def _turn(self, operation: Operation[Any]) -> AsyncGenerator[None, None]:
        async with self._lock:
            patient = True
            try:
                yield
            except (KeyboardInterrupt, GeneratorExit):  # a second Ctrl-C, or its loop has gone
                patient = False
                raise
            finally:
                if patient:
                    await operation.returned()


def _tell_what_is_left(updates: list[Operation[Any]]) -> None:
    """Log what a drop waits for."""
    left = [str(update.underway) for update in updates if not update.ended.done()]
    if left:
        log(logging.WARNING, f"a drop waits for the updates that it cancelled: {', '.join(left)}")

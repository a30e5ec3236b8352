"""A snapshot of a report each time that it has changed. Layer: _progress."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from .._runtime.counts import CountBoard
from .stats import UpdateSnapshot, UpdateStats, UpdateStatus, snapshot_of


async def changes(board: CountBoard) -> AsyncIterator[UpdateSnapshot[Any]]:
    """The numbers whenever they differ from those given last, and once when it is ready, until the report is over.

    They are looked at when they are asked for: a slow reader gets fewer, and never old ones.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    changed = asyncio.Event()
    changed.set()

    def tell() -> None:
        if not changed.is_set():
            with suppress(RuntimeError):  # the loop is closed, and who watched has gone
                loop.call_soon_threadsafe(changed.set)

    unsubscribe = board.subscribe(tell)
    last: UpdateSnapshot[Any] = UpdateSnapshot(UpdateStats({}), UpdateStatus.RUNNING)
    try:
        while not board.over:
            await changed.wait()
            changed.clear()
            now: UpdateSnapshot[Any] = snapshot_of(board)
            if now != last and not board.over:
                last = now
                yield now
    finally:
        unsubscribe()

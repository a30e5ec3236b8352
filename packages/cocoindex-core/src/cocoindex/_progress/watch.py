"""The numbers of a report each time that they have changed. Layer: _progress."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from .._runtime.counts import CountBoard
from .stats import UpdateStats, stats_of


async def changes(board: CountBoard) -> AsyncIterator[UpdateStats]:
    """The numbers whenever they differ from those given last, until the report is over.

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
    last = UpdateStats({})
    try:
        while not board.over:
            await changed.wait()
            changed.clear()
            stats = stats_of(board)
            if stats != last and not board.over:
                last = stats
                yield stats
    finally:
        unsubscribe()

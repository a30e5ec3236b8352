"""A cancelled update ends after the threads in which it reads what is blocking; what they hold is released by then."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.async_adapters import sync_to_async_iter
from cocoindex.connectorkits.batched_items import KeyedRows

TURNS = 200
"""So many turns of the loop take longer than the end of an update that waits for nothing."""


class Source:
    """Gives a few rows, then blocks until `go` is set, and gives more."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.blocked, self.go = threading.Event(), threading.Event()
        self.closed = False

    def read(self) -> Iterator[tuple[int, int]]:
        try:
            for number in range(100):
                if number == self.rows:
                    self.blocked.set()
                    self.go.wait()
                yield number, number
        finally:
            self.closed = True

    def items(self) -> AsyncIterator[tuple[int, int]]:
        return sync_to_async_iter(self.read, max_queue_size=1)

    def batches(self) -> Any:
        async def batches() -> Any:
            async for key, _ in sync_to_async_iter(self.read, max_queue_size=1):
                yield [key]

        return KeyedRows(batches, lambda row: row)


async def mount_each(source: Source) -> None:
    await coco.mount_each(blocks, source.items())


async def mount_batches(source: Source) -> None:
    await coco.mount_each(blocks, source.batches())


async def call_each(source: Source) -> None:
    await coco.map(lambda item: blocks(item[1]), source.items())


async def blocks(number: int) -> None:
    await asyncio.Event().wait()


async def update_and_cancel(app: Any, when: Callable[[], Any], source: Source) -> None:
    async def update() -> None:
        await app.update()

    updating = asyncio.ensure_future(update())
    await when()
    updating.cancel()
    for _ in range(TURNS):
        await asyncio.sleep(0)
    source.go.set()
    with pytest.raises(asyncio.CancelledError):
        await updating
    assert source.closed


@pytest.mark.parametrize("read", [mount_each, mount_batches, call_each])
@pytest.mark.parametrize("rows", [0, 1])
def test_while_it_reads(make_app: Any, read: Any, rows: int) -> None:
    source = Source(rows)
    app = make_app(read, source)
    asyncio.run(update_and_cancel(app, lambda: asyncio.to_thread(source.blocked.wait), source))


@pytest.mark.parametrize("read", [mount_each, mount_batches])
def test_while_it_waits_for_room(make_app: Any, read: Any) -> None:
    source, both_run = Source(100), threading.Event()

    async def body(number: int) -> None:
        if number == 1:
            both_run.set()
        await asyncio.Event().wait()

    async def main() -> None:
        await coco.mount_each(body, source.items() if read is mount_each else source.batches())

    asyncio.run(update_and_cancel(make_app(main, limit=3), lambda: asyncio.to_thread(both_run.wait), source))


def test_a_source_that_a_failed_mount_left_is_closed(make_app: Any) -> None:
    source = Source(100)

    @coco.fn
    async def main() -> None:
        with pytest.raises(ValueError, match="two components were mounted"):
            await coco.mount_each(nothing, ((0, item) async for item in source.items()))

    async def nothing(item: Any) -> None: ...

    make_app(main).update_blocking()
    assert source.closed

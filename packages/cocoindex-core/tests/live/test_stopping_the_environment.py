"""`coco.stop()` has live updates end in order, waits for them, and ends the lifespan after that."""

from __future__ import annotations

import asyncio
import pathlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import cocoindex as coco

order: list[str] = []


@coco.fn
async def item(value: int) -> None: ...


class Feed:
    def __init__(self) -> None:
        self.ready = threading.Event()

    async def watch(self, subscriber: Any) -> None:
        await subscriber.update("first", 1)
        await subscriber.mark_ready()
        self.ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            order.append("loop")


@coco.fn
async def main(feed: Any) -> str:
    await coco.mount_each(item, feed)
    return "result"


@pytest.fixture(autouse=True)
def default_env(tmp_path: pathlib.Path) -> Iterator[None]:
    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "store"
        yield
        order.append("lifespan")

    order.clear()
    yield
    coco.stop_blocking()


def test_under_await() -> None:
    async def run() -> None:
        feed = Feed()
        app = coco.App("live", main, feed)
        async with coco.runtime():
            handle = app.update(live=True)
            async for snapshot in handle.watch():
                if snapshot.status is coco.UpdateStatus.READY:
                    break
        assert order == ["loop", "lifespan"]
        assert await handle == "result"

    asyncio.run(run())


def test_blocking_from_another_thread() -> None:
    feed = Feed()
    app = coco.App("live", main, feed)
    results = []
    with coco.runtime():
        thread = threading.Thread(target=lambda: results.append(app.update_blocking(live=True)))
        thread.start()
        feed.ready.wait()
    thread.join()
    assert (results, order) == (["result"], ["loop", "lifespan"])

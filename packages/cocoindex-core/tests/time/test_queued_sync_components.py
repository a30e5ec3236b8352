"""Sync components that wait for a thread when an update is cancelled never begin; those that run are waited for."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import cocoindex as coco


def test_none_begins_after_the_cancellation_and_none_runs_beside_the_next_update(make_app: Any) -> None:
    begun: list[int] = []
    running, most = 0, 0
    lock = threading.Lock()
    first, go_on = threading.Event(), threading.Event()

    @coco.fn
    def work(n: int) -> None:
        nonlocal running, most
        with lock:
            begun.append(n)
            running += 1
            most = max(most, begun.count(n))
        first.set()
        assert go_on.wait(30)
        with lock:
            running -= 1

    @coco.fn
    async def main() -> None:
        for n in range(30):
            await coco.mount(coco.component_subpath(n), work, n)

    async def run() -> None:
        app = make_app(main, limit=4)
        update = asyncio.ensure_future(app.update().result())
        await asyncio.to_thread(first.wait, 30)
        update.cancel()
        await asyncio.sleep(0)
        update.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        at_the_cancellation = len(begun)
        assert not update.done()
        go_on.set()
        await asyncio.wait([update])
        assert running == 0
        assert len(begun) == at_the_cancellation <= 4
        begun.clear()
        await app.update()
        assert (sorted(begun), most) == (list(range(30)), 1)

    asyncio.run(run())


def test_a_crowd_that_waits_for_threads_never_begins(make_app: Any) -> None:
    begun: list[int] = []
    first, go_on = threading.Event(), threading.Event()

    @coco.fn
    def work(n: int) -> None:
        begun.append(n)
        first.set()
        assert go_on.wait(30)

    @coco.fn
    async def main() -> None:
        for n in range(200):
            await coco.mount(coco.component_subpath(n), work, n)
        await asyncio.Event().wait()

    async def run() -> None:
        update = asyncio.ensure_future(make_app(main).update().result())
        await asyncio.to_thread(first.wait, 30)
        update.cancel()
        for _ in range(20):
            await asyncio.sleep(0)
        at_the_cancellation = len(begun)
        go_on.set()
        await asyncio.wait([update])
        assert len(begun) == at_the_cancellation

    asyncio.run(run())

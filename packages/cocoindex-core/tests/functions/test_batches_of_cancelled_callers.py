"""A batch is cancelled where nobody waits for it any more; an update has not left before those of its batches have."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import cocoindex as coco


class Threads:
    """A batched function that blocks in a thread."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.sizes: list[int] = []
        self.now = self.most = 0

    @coco.fn.as_async(batching=True)
    def run(self, xs: list[int]) -> list[int]:
        self.sizes.append(len(xs))
        self.now += 1
        self.most = max(self.most, self.now)
        self.begun.set()
        assert self.go_on.wait(30)
        self.now -= 1
        return xs


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_cancelled_update_leaves_after_the_thread_of_its_batch(make_app: Any) -> None:
    threads = Threads()

    @coco.fn
    async def main() -> Any:
        return await threads.run(1)

    async def run() -> None:
        app = make_app(main)
        update = asyncio.ensure_future(app.update().result())
        await asyncio.to_thread(threads.begun.wait, 30)
        for _ in range(2):
            update.cancel()
            await turns()
            assert not update.done()
        threads.go_on.set()
        await asyncio.wait([update])
        assert update.cancelled() and threads.now == 0
        assert await app.update() == 1

    asyncio.run(run())


def test_a_batch_begins_after_the_thread_of_the_one_before(make_app: Any) -> None:
    threads = Threads()

    async def run() -> None:
        first = asyncio.ensure_future(threads.run(1))
        await asyncio.to_thread(threads.begun.wait, 30)
        first.cancel()
        second = asyncio.ensure_future(threads.run(2))
        await turns()
        assert threads.sizes == [1]
        threads.go_on.set()
        assert await second == 2
        assert (threads.sizes, threads.most) == ([1, 1], 1)

    asyncio.run(run())


class Tasks:
    """A batched function that waits on the loop, and takes some turns of it to leave."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.log: list[object] = []

    @coco.fn(batching=True)
    async def run(self, xs: list[int]) -> list[int]:
        self.log.append(xs)
        self.begun.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.log.append("cancelled")
            await turns()
            self.log.append("left")
            raise
        return xs


def test_a_cancelled_update_leaves_after_the_cleanup_of_its_batch(make_app: Any) -> None:
    async def run() -> None:
        tasks = Tasks()

        @coco.fn
        async def main() -> None:
            await coco.map(tasks.run, [1, 2])

        update = asyncio.ensure_future(make_app(main).update().result())
        await tasks.begun.wait()
        update.cancel()
        await asyncio.wait([update])
        assert tasks.log == [[1, 2], "cancelled", "left"]

    asyncio.run(run())


def test_a_batch_goes_on_while_somebody_waits_for_it() -> None:
    async def run() -> None:
        tasks = Tasks()
        calls = [asyncio.ensure_future(tasks.run(n)) for n in range(3)]
        await tasks.begun.wait()
        calls[0].cancel()
        calls[2].cancel()
        await turns()
        tasks.go_on.set()
        assert await calls[1] == 1
        assert tasks.log == [[0, 1, 2]]

    asyncio.run(run())


def test_calls_that_wait_for_a_batch_that_was_cancelled_are_made() -> None:
    async def run() -> None:
        tasks = Tasks()
        first = asyncio.ensure_future(tasks.run(1))
        await tasks.begun.wait()
        second = asyncio.ensure_future(tasks.run(2))
        await turns()
        first.cancel()
        await turns(60)
        assert tasks.log == [[1], "cancelled", "left", [2]]
        tasks.go_on.set()
        assert await second == 2

    asyncio.run(run())

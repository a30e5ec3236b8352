"""Of one key, one call runs at a time, and the last one counts; a handle is ready when that one is applied."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import Feed, live


def test_calls_that_wait_are_replaced(make_app: Any) -> None:
    target = RecordingTarget()
    ran: list[int] = []

    async def run() -> None:
        started, go_on = asyncio.Event(), asyncio.Event()
        feed = Feed()

        async def keep(value: int) -> None:
            ran.append(value)
            started.set()
            await go_on.wait()
            target.declare("it", value)

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async with live(make_app(main)):
            first = await feed.do(lambda subscriber: subscriber.update(1, 0))
            await started.wait()
            handles = [await feed.calls.update(1, n) for n in range(1, 1000)]
            waiting = [asyncio.ensure_future(handle.ready()) for handle in [first, *handles]]
            for _ in range(20):
                await asyncio.sleep(0)
            assert not any(each.done() for each in waiting)
            go_on.set()
            await handles[0].ready()
            assert target.data == {"it": 999}
            await asyncio.gather(*waiting)
            assert ran == [0, 999]

    asyncio.run(run())


def test_a_delete_replaces_an_update_and_the_reverse(make_app: Any) -> None:
    target = RecordingTarget()
    ran: list[int] = []

    async def run() -> None:
        started, go_on = asyncio.Event(), asyncio.Event()
        feed = Feed()

        async def keep(value: int) -> None:
            ran.append(value)
            started.set()
            await go_on.wait()
            target.declare("it", value)

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async def then(*calls: Any) -> None:
            started.clear()
            go_on.clear()
            await feed.do(lambda subscriber: subscriber.update(1, 0))
            await started.wait()
            for call in calls:
                handle = await feed.do(call)
            go_on.set()
            await handle.ready()

        async with live(make_app(main)):
            await then(lambda subscriber: subscriber.update(1, 7), lambda subscriber: subscriber.delete(1))
            assert target.data == {} and ran == [0]
            await then(lambda subscriber: subscriber.delete(1), lambda subscriber: subscriber.update(1, 8))
            assert target.data == {"it": 8} and ran == [0, 0, 8]

    asyncio.run(run())

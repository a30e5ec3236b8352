"""A live update that is cancelled ends its loops, and whoever calls them after that is told so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import LiveRangeEndedError
from cocoindex.testing import RecordingTarget

from .driven import Driven, Feed, View, live


async def nothing(*_: Any) -> None: ...


def test_cancelling_the_result_ends_the_loops(make_app: Any) -> None:
    target = RecordingTarget()

    async def keep(value: int) -> None:
        target.declare(value, value)

    async def run() -> None:
        feed, view = Feed(), View({1: 1})

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, view)
            await coco.mount_each(coco.component_subpath("feed"), keep, feed)

        async with live(make_app(main)) as update:
            await feed.update(2, 2)
            update.result.cancel()
            with pytest.raises(asyncio.CancelledError):
                await update.result
            assert (feed.left, view.left) == (1, 1)
            with pytest.raises(LiveRangeEndedError):
                await feed.calls.update(3, 3)
            with pytest.raises(LiveRangeEndedError):
                await feed.calls.delete(1)
            with pytest.raises(LiveRangeEndedError):
                await view.calls.update_all()
            with pytest.raises(LiveRangeEndedError):
                await view.calls.mark_ready()
        assert target.data == {1: 1, 2: 2}

    asyncio.run(run())


def test_calls_of_a_loop_that_has_returned(make_app: Any) -> None:
    class Component:
        def __init__(self, driven: Driven) -> None:
            self.driven = driven

        async def process(self) -> None: ...

        async def process_live(self, operator: Any) -> None:
            await self.driven.run(operator)

    async def run() -> None:
        driven = Driven()

        @coco.fn
        async def main() -> None:
            await coco.mount(Component, driven)

        async with live(make_app(main), wait=False) as update:
            driven.end()
            await update.result
            for call in (
                driven.calls.update_full(),
                driven.calls.update(coco.component_subpath("x"), nothing),
                driven.calls.delete(coco.component_subpath("x")),
                driven.calls.mark_ready(),
            ):
                with pytest.raises(LiveRangeEndedError):
                    await call

    asyncio.run(run())


def test_a_body_that_runs_when_the_update_is_cancelled(make_app: Any) -> None:
    target = RecordingTarget()

    async def run() -> None:
        started, left = asyncio.Event(), list[int]()
        feed = Feed()

        async def slow(value: int) -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                left.append(value)

        @coco.fn
        async def main() -> None:
            await coco.mount_each(slow, feed)

        app = make_app(main)
        async with live(app) as update:
            handle = await feed.do(lambda subscriber: subscriber.update(1, 1))
            waiting = asyncio.ensure_future(handle.ready())
            await feed.do(lambda subscriber: subscriber.update(1, 2))
            await started.wait()
            update.result.cancel()
            await asyncio.wait([update.result])
            assert left == [1]
            waiting.cancel()
        await app.drop()
        assert target.data == {}

    asyncio.run(run())


def test_the_event_loop_ends_with_the_update_in_it(make_app: Any) -> None:
    left = list[str]()

    class Waits(Feed):
        async def watch(self, subscriber: Any) -> None:
            try:
                await super().watch(subscriber)
            finally:
                left.append("left")

    @coco.fn
    async def main() -> None:
        await coco.mount_each(nothing, Waits())

    async def run() -> None:
        async with live(make_app(main)) as update:
            asyncio.get_running_loop().call_soon(lambda: None)
            update.result.cancelled()
            raise LookupError

    async def abandon(ready: bool) -> None:
        handle = make_app(main, name=f"app {ready}").update(live=True)
        task = asyncio.ensure_future(handle.result())
        if ready:
            async for snapshot in handle.watch():
                if snapshot.status is coco.UpdateStatus.READY:
                    break
        assert not task.done()

    with pytest.raises(LookupError):
        asyncio.run(run())
    assert left == ["left"]
    for ready in (True, False):
        asyncio.run(abandon(ready))
    assert left == ["left"] * 2 or left == ["left"] * 3

"""The next update or drop of the app in the process has a live one end in order; its handle gives its result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import inspect
from cocoindex.testing import RecordingTarget

READY = coco.UpdateStatus.READY

target = RecordingTarget("test/live update that makes way")


@coco.fn
async def row(value: int, key: str) -> None:
    target.declare(key, value)


class Feed:
    """Gives one item, is ready, and goes on until it is cancelled."""

    def __init__(self) -> None:
        self.left = 0
        self.called = asyncio.Event()
        self.before_ready: asyncio.Event | None = None

    async def watch(self, subscriber: Any) -> None:
        handle = await subscriber.update("first", 1)
        await handle.ready()
        self.called.set()
        if self.before_ready is not None:
            await self.before_ready.wait()
        await subscriber.mark_ready()
        try:
            await asyncio.Event().wait()
        finally:
            self.left += 1


@coco.fn
async def item(value: int) -> None:
    await row(value, "first")


@pytest.fixture(autouse=True)
def fresh() -> None:
    target.data.clear()


def app_of(make_app: Callable[..., Any], feed: Any) -> Any:
    runs = iter(range(100))

    @coco.fn
    async def main() -> int:
        await coco.mount_each(item, feed)
        return next(runs)

    return make_app(main)


async def ready(handle: coco.UpdateHandle[Any]) -> None:
    async for snapshot in handle.watch():
        if snapshot.status is READY:
            return


def test_for_an_update(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        app = app_of(make_app, feed)
        live = app.update(live=True)
        await ready(live)
        assert feed.left == 0
        assert await app.update() == 1
        assert (await live, feed.left) == (0, 1)
        assert target.data == {"first": 1}

    asyncio.run(run())


def test_for_a_drop(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        app = app_of(make_app, feed)
        live = app.update(live=True)
        await ready(live)
        await app.drop()
        assert (await live, feed.left) == (0, 1)
        assert target.data == {}

    asyncio.run(run())


def test_for_another_live_one_which_makes_way_in_turn(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        app = app_of(make_app, feed)
        handles = [app.update(live=True)]
        await ready(handles[0])
        for _ in range(3):
            handles.append(app.update(live=True))
            await ready(handles[-1])
        await app.update()
        assert [await handle for handle in handles] == [0, 1, 2, 3]
        assert feed.left == 4

    asyncio.run(run())


def test_those_that_wait_behind_each_other_all_end(make_app: Any) -> None:
    async def run() -> None:
        app = app_of(make_app, Feed())
        first = app.update(live=True)
        await ready(first)
        waiting = [asyncio.ensure_future(app.update(live=n % 2 == 0).result()) for n in range(4)]
        assert await asyncio.gather(*waiting) == [1, 2, 3, 4]
        assert await first == 0

    asyncio.run(run())


def test_one_that_is_not_ready_yet_catches_up_and_ends(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        feed.before_ready = asyncio.Event()
        app = app_of(make_app, feed)
        live = asyncio.ensure_future(app.update(live=True).result())
        await feed.called.wait()
        second = asyncio.ensure_future(app.update().result())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not live.done()
        feed.before_ready.set()
        assert (await live, await second) == (0, 1)

    asyncio.run(run())


def test_a_drop_cancels_one_that_is_not_ready_yet(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        feed.before_ready = asyncio.Event()
        app = app_of(make_app, feed)
        live = asyncio.ensure_future(app.update(live=True).result())
        await feed.called.wait()
        await app.drop()
        assert target.data == {}
        with pytest.raises(coco.errors.UpdateCancelledError, match="'app' is being dropped"):
            await live

    asyncio.run(run())


def test_a_preview_looks_beside_it_and_does_not_end_it(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        app = app_of(make_app, feed)
        live = asyncio.ensure_future(app.update(live=True).result())
        await feed.called.wait()
        assert await app.update(preview=True) == []
        assert not live.done()
        await app.update()
        assert await live == 0

    asyncio.run(run())


def test_so_does_one_that_waits_when_it_begins(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        feed.before_ready = asyncio.Event()
        app = app_of(make_app, feed)
        before = asyncio.ensure_future(app.update().result())
        await feed.called.wait()
        live = app.update(live=True)
        preview = app.update(preview=True)
        following, looking = asyncio.ensure_future(ready(live)), asyncio.ensure_future(preview.result())
        await asyncio.sleep(0)
        feed.before_ready.set()
        await asyncio.gather(before, following, looking)
        await app.drop()
        await live

    asyncio.run(run())


def test_readers_look_at_the_store_beside_it(make_app: Any) -> None:
    async def run() -> None:
        app = app_of(make_app, Feed())
        live = app.update(live=True)
        await ready(live)
        paths = [str(info.path) async for info in inspect.iter_stable_paths(app)]
        assert any("first" in path for path in paths)
        await app.drop()
        await live

    asyncio.run(run())

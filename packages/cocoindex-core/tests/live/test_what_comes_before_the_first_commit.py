"""What a feed delivers before the component that mounted it has ever been committed stays."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import Feed, live


@pytest.mark.parametrize("memo", [False, True])
def test_items_before_the_roots_first_commit_stay(make_app: Any, memo: bool) -> None:
    target = RecordingTarget()

    class Backlog(Feed):
        async def first(self, subscriber: Any) -> None:
            for n in range(20):
                handle = await subscriber.update(n, n)
            await handle.ready()

    @coco.fn(memo=memo)
    async def keep(value: int) -> None:
        target.declare(value, value)

    async def run() -> None:
        feed = Backlog()

        @coco.fn
        async def main() -> None:
            target.declare("main", 1)
            await coco.mount_each(keep, feed)

        app = make_app(main)
        async with live(app):
            expected: dict[Any, Any] = {n: n for n in range(20)}
            expected["main"] = 1
            assert target.data == expected
            await feed.update("late", 99)
        expected[99] = 99
        assert target.data == expected
        await app.update()
        assert target.data == expected

    asyncio.run(run())


def test_items_stay_where_the_root_fails_after_them(make_app: Any) -> None:
    target = RecordingTarget()

    async def keep(value: int) -> None:
        target.declare(value, value)

    async def run() -> None:
        feed = Feed()
        fails = True

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)
            if fails:
                await feed.update(1, 1)
                raise ValueError("after the feed")

        app = make_app(main)
        with pytest.raises(ValueError, match="after the feed"):
            async with live(app):
                pass
        assert feed.left == 1
        fails = False
        async with live(app):
            assert target.data == {1: 1}
            await feed.update(2, 2)
            assert target.data == {1: 1, 2: 2}

    asyncio.run(run())

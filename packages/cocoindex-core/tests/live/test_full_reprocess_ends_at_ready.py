"""A live update with `full_reprocess` applies everything anew once; from when it is ready on, only what has changed."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import View, live


def test_what_is_told_after_that_is_compared_with_what_is_there(make_app: Any) -> None:
    target, ran = RecordingTarget(), list[int]()

    @coco.fn(memo=True)
    async def keep(value: int) -> None:
        ran.append(value)
        target.declare(value, value)

    async def run() -> None:
        view = View({1: 1, 2: 2})

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, view)

        app = make_app(main)
        await app.update()
        target.take()
        ran.clear()
        handle = app.update(live=True, full_reprocess=True)
        result = asyncio.ensure_future(handle.result())
        async for snapshot in handle.watch():
            if snapshot.status is coco.UpdateStatus.READY:
                break
        assert {action.key for action in target.take()} == {1, 2}
        assert sorted(ran) == [1, 2]
        ran.clear()
        await view.update(1, 1)
        await view.do(lambda subscriber: subscriber.update_all())
        assert target.take() == [] and ran == []
        view.end()
        await result

    asyncio.run(run())


def test_a_drop_that_was_interrupted_is_made_good_once(make_app: Any) -> None:
    target = RecordingTarget()

    async def keep(value: int) -> None:
        target.declare(value, value)

    async def run() -> None:
        view = View({1: 1, 2: 2})

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, view)

        app = make_app(main)
        await app.update()
        target.fail_keys = {1}
        try:
            await app.drop()
        except coco.errors.DropError:
            pass
        target.fail_keys = set()
        async with live(app):
            assert target.data == {1: 1, 2: 2}
            target.take()
            await view.update(1, 1)
            assert target.take() == []
        await app.update()
        assert target.take() == []

    asyncio.run(run())

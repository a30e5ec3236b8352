"""A change that is told while the whole map is listed is not lost: the later call decides, not the listing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import View, live


async def scan_with(view: View, at: Any, act: Callable[[Any], Awaitable[Any]]) -> None:
    """Have the view listed, and `act` done right before the key `at` is given."""
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def listed(key: Any) -> None:
        if key == at:
            reached.set()
            await go_on.wait()

    view.listed = listed
    subscriber = view.calls
    scan = asyncio.ensure_future(subscriber.update_all())
    await reached.wait()
    await (await act(subscriber)).ready()
    go_on.set()
    await scan
    view.listed = None


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_calls_in_the_middle_of_a_scan_win(make_app: Any, memo: bool, at: int) -> None:
    target = RecordingTarget()

    @coco.fn(memo=memo)
    async def keep(value: tuple[int, int]) -> None:
        target.declare(*value)

    async def run() -> None:
        view = View({1: (1, 0), 2: (2, 0), 3: (3, 0)})

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, view)

        async with live(make_app(main)):
            await scan_with(view, at, lambda subscriber: subscriber.delete(2))
            assert target.data == {1: 0, 3: 0}
            await scan_with(view, at, lambda subscriber: subscriber.update(2, (2, 5)))
            assert target.data == {1: 0, 2: 5, 3: 0}
            del view.items[2]
            await scan_with(view, 1, lambda subscriber: subscriber.update(2, (2, 6)))
            assert target.data == {1: 0, 2: 6, 3: 0}
            await scan_with(view, 3, lambda subscriber: subscriber.update(4, (4, 0)))
            assert target.data == {1: 0, 3: 0, 4: 0}

    asyncio.run(run())


def test_the_first_scan_too(make_app: Any) -> None:
    target = RecordingTarget()

    async def keep(value: tuple[int, int]) -> None:
        target.declare(*value)

    class Early(View):
        async def first(self, subscriber: Any) -> None:
            self.calls = subscriber
            await scan_with(self, 2, lambda subscriber: subscriber.delete(1))

    async def run() -> None:
        view = Early({1: (1, 0), 2: (2, 0)})

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, view)

        async with live(make_app(main)):
            assert target.data == {2: 0}

    asyncio.run(run())


def test_a_listing_that_fails_removes_nothing(make_app: Any) -> None:
    target = RecordingTarget()

    async def keep(value: tuple[int, int]) -> None:
        target.declare(*value)

    async def run() -> None:
        view = View({1: (1, 0), 2: (2, 0), 3: (3, 0)})

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, view)

        async def broken(key: Any) -> None:
            if key == 2:
                raise OSError("the source is gone")

        async with live(make_app(main)):
            view.listed = broken
            with pytest.raises(OSError, match="is gone"):
                await view.do(lambda subscriber: subscriber.update_all())
            assert target.data == {1: 0, 2: 0, 3: 0}
            view.listed = None
            del view.items[1]
            await view.do(lambda subscriber: subscriber.update_all())
            assert target.data == {2: 0, 3: 0}

    asyncio.run(run())

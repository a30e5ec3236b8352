"""Where a component is removed or runs again, the live loops in it end first, and write no more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import LiveRangeEndedError
from cocoindex.testing import RecordingTarget

from .driven import Driven, Feed, View, live


def path(*parts: Any) -> coco.ComponentSubpath:
    return coco.component_subpath(*parts)


class Component:
    """A live component whose loop the test drives."""

    def __init__(self, driven: Driven, process: Any = None) -> None:
        self.driven = driven
        self._process = process

    async def process(self) -> None:
        if self._process is not None:
            await self._process()

    async def process_live(self, operator: coco.LiveComponentOperator) -> None:
        await operator.update_full()
        await operator.mark_ready()
        await self.driven.run(operator)


async def keep(target: RecordingTarget, key: Any, value: Any) -> None:
    target.declare(key, value)


@pytest.mark.parametrize("as_map", [True, False])
@pytest.mark.parametrize("deep", [True, False])
def test_a_nested_loop_that_is_removed_writes_no_more(make_app: Any, as_map: bool, deep: bool) -> None:
    target = RecordingTarget()

    async def run() -> None:
        outer, inner = Driven(), Feed()

        async def item(value: Any) -> None:
            target.declare(*value)

        async def mounts() -> None:
            if as_map:
                await coco.mount_each(item, inner)
            else:
                await coco.mount(Component, inner)

        async def further() -> None:
            await coco.mount(mounts)

        @coco.fn
        async def main() -> None:
            await coco.mount(Component, outer)

        async def change(value: int) -> None:
            if as_map:
                await inner.update(1, ("in", value))
            else:
                await inner.ready(lambda operator: operator.update(path("in"), keep, target, "in", value))

        async with live(make_app(main)):
            await outer.ready(lambda operator: operator.update(path("x"), further if deep else mounts))
            await change(1)
            assert target.data == {"in": 1}
            calls = inner.calls
            await outer.ready(lambda operator: operator.delete(path("x")))
            assert inner.left == 1
            assert target.data == {}
            target.take()
            with pytest.raises(LiveRangeEndedError):
                await (calls.update(1, ("in", 2)) if as_map else calls.update(path("in"), keep, target, "in", 2))
            assert target.take() == []
            await outer.ready(lambda operator: operator.update(path("x"), further if deep else mounts))
            await change(3)
            assert target.data == {"in": 3}

    asyncio.run(run())


def test_a_full_update_that_does_not_mount_it_removes_it(make_app: Any) -> None:
    target = RecordingTarget()

    async def run() -> None:
        outer, inner = Driven(), Driven()
        mounted = True

        async def process() -> None:
            if mounted:
                await coco.mount(Component, inner)

        @coco.fn
        async def main() -> None:
            await coco.mount(path("outer"), Component, outer, process)

        async with live(make_app(main)):
            await inner.ready(lambda operator: operator.update(path("in"), keep, target, "in", 1))
            assert target.data == {"in": 1}
            mounted = False
            await outer.do(lambda operator: operator.update_full())
            assert inner.left == 1 and target.data == {}
            mounted = True
            await outer.do(lambda operator: operator.update_full())
            await inner.ready(lambda operator: operator.update(path("in"), keep, target, "in", 2))
            assert target.data == {"in": 2}
            await outer.do(lambda operator: operator.update_full())
            assert inner.left == 2, "its loop began anew"

    asyncio.run(run())


def test_live_components_as_children_of_live_components(make_app: Any) -> None:
    target = RecordingTarget()

    async def run() -> None:
        outer, inner = Driven(), Driven()

        @coco.fn
        async def main() -> None:
            await coco.mount(Component, outer)

        app = make_app(main)
        async with live(app):
            await outer.ready(lambda operator: operator.update(path("in"), Component, inner))
            await inner.ready(lambda operator: operator.update(path(1), keep, target, 1, 1))
            assert target.data == {1: 1}
            await outer.ready(lambda operator: operator.update(path("in"), Component, inner))
            assert inner.left == 1
            assert target.data == {}, "its full update mounts nothing"
            await inner.ready(lambda operator: operator.update(path(2), keep, target, 2, 2))
            await outer.ready(lambda operator: operator.delete(path("in")))
            assert inner.left == 2
            assert target.data == {}

    asyncio.run(run())


def test_one_that_is_never_ready_can_be_replaced_and_removed(make_app: Any) -> None:
    async def run() -> None:
        outer, inner = Driven(), Driven()

        class Never(Component):
            async def process_live(self, operator: coco.LiveComponentOperator) -> None:
                await self.driven.run(operator)

        @coco.fn
        async def main() -> None:
            await coco.mount(Component, outer)

        async with live(make_app(main)):
            first = await outer.do(lambda operator: operator.update(path("in"), Never, inner))
            await inner.do(lambda operator: asyncio.sleep(0))
            await outer.do(lambda operator: operator.update(path("in"), Never, inner))
            await first.ready()
            await outer.ready(lambda operator: operator.delete(path("in")))
            assert inner.left == 2
            await outer.do(lambda operator: operator.update_full())

    asyncio.run(run())


def test_a_loop_within_an_item_ends_with_the_item(make_app: Any) -> None:
    target = RecordingTarget()

    async def run() -> None:
        inner = {n: Feed() for n in range(3)}
        view = View(dict(inner))

        async def item(value: Any) -> None:
            target.declare(*value)

        async def mounts(feed: Feed) -> None:
            await coco.mount_each(item, feed)

        @coco.fn
        async def main() -> None:
            await coco.mount_each(mounts, view)

        async with live(make_app(main)):
            for n, feed in inner.items():
                await feed.update(1, (n, 0))
            assert target.data == {0: 0, 1: 0, 2: 0}
            await view.delete(0)
            del view.items[0], view.items[1]
            await view.do(lambda subscriber: subscriber.update_all())
            assert target.data == {2: 0}
            assert [feed.left for feed in inner.values()] == [1, 1, 1], (
                "the third began anew, as its component ran again"
            )
            await inner[2].update(2, ("new", 0))
            assert target.data == {2: 0, "new": 0}

    asyncio.run(run())

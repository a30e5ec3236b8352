"""A memoized component above a live range is not skipped where its range would not live, and never hides a change."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import Driven, View, live


@pytest.mark.parametrize("depth", [1, 2])
def test_it_runs_in_each_live_update_and_is_skipped_in_others(make_app: Any, depth: int) -> None:
    target, ran = RecordingTarget(), list[str]()

    async def run() -> None:
        view = View({1: (1, 0), 2: (2, 0)})

        @coco.fn(memo=True)
        async def keep(value: tuple[int, int]) -> None:
            ran.append(f"keep {value}")
            target.declare(*value)

        @coco.fn(memo=True)
        async def inner() -> None:
            ran.append("inner")
            await coco.mount_each(keep, view)

        @coco.fn(memo=True)
        async def outer() -> None:
            ran.append("outer")
            await coco.mount(inner)

        @coco.fn
        async def main() -> None:
            await coco.mount(inner if depth == 1 else outer)

        above = ["inner"] if depth == 1 else ["outer", "inner"]
        app = make_app(main)
        await app.update()
        assert ran == [*above, "keep (1, 0)", "keep (2, 0)"]
        ran.clear()
        await app.update()
        assert ran == []
        async with live(app):
            assert ran == above
        ran.clear()
        await app.update()
        assert ran == [], "nothing has changed"
        async with live(app):
            await view.update(3, (3, 0))
            view.items[3] = (3, 0)
            assert ran == [*above, "keep (3, 0)"]
        ran.clear()
        await app.update()
        assert ran == above, "what the third depends on was not known to them"
        ran.clear()
        await app.update()
        assert ran == []
        assert target.data == {1: 0, 2: 0, 3: 0}

    asyncio.run(run())


def test_a_child_that_failed_is_tried_by_the_next_update(make_app: Any) -> None:
    target = RecordingTarget()

    async def run() -> None:
        view = View({1: 1, 2: 2})
        bad = True

        @coco.fn(memo=True)
        async def keep(value: int) -> None:
            if bad and value > 2:
                raise ValueError("bad")
            target.declare(value, value)

        @coco.fn(memo=True)
        async def mounts() -> None:
            await coco.mount_each(keep, view)

        @coco.fn
        async def main() -> None:
            await coco.mount(mounts)

        app = make_app(main)
        async with live(app):
            view.items[3] = 3
            await view.update(3, 3)
        assert target.data == {1: 1, 2: 2}
        bad = False
        await app.update()
        assert target.data == {1: 1, 2: 2, 3: 3}

    asyncio.run(run())


def test_it_is_skipped_in_a_live_update_while_its_range_lives(make_app: Any) -> None:
    ran: list[str] = []

    async def run() -> None:
        driven, view = Driven(), View({1: 1})

        async def keep(value: int) -> None:
            ran.append("keep")

        @coco.fn(memo=True)
        async def mounts() -> None:
            ran.append("mounts")
            await coco.mount_each(keep, view)

        class Component:
            async def process(self) -> None:
                await coco.mount(mounts)

            async def process_live(self, operator: coco.LiveComponentOperator) -> None:
                await operator.update_full()
                await operator.mark_ready()
                await driven.run(operator)

        @coco.fn
        async def main() -> None:
            await coco.mount(Component)

        async with live(make_app(main)):
            assert ran == ["mounts", "keep"]
            await driven.do(lambda operator: operator.update_full())
            assert ran == ["mounts", "keep"] and view.left == 0
            await view.update(2, 2)
            await driven.do(lambda operator: operator.update_full())
            assert ran == ["mounts", "keep", "keep", "mounts", "keep"] and view.left == 1

    asyncio.run(run())

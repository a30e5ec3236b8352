"""What becomes a component's own while a live update goes on has it run again, where something live can list it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import Driven, Feed, Live, View, live


async def until(update: Live, target: RecordingTarget, expected: dict[Any, Any]) -> None:
    """Wait until the target holds `expected`."""
    async for _ in update.handle.watch():
        if target.data == expected:
            return


@pytest.mark.parametrize("memo", [True, False])
def test_another_item_inherits(make_app: Any, memo: bool) -> None:
    target = RecordingTarget()

    @coco.fn(memo=memo)
    async def keep(value: int) -> None:
        target.declare("shared", value)

    async def run() -> None:
        view = View({1: 10})

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, view)

        async with live(make_app(main)) as update:
            view.items[2] = 20
            await view.update(2, 20)
            assert target.data == {"shared": 20}
            del view.items[2]
            await view.delete(2)
            await until(update, target, {"shared": 10})

    asyncio.run(run())


def test_a_child_of_a_live_component_inherits(make_app: Any) -> None:
    target = RecordingTarget()

    async def keep(value: int) -> None:
        target.declare("shared", value)

    async def run() -> None:
        driven = Driven()

        class Component:
            async def process(self) -> None:
                await coco.mount(coco.component_subpath(1), keep, 10)

            async def process_live(self, operator: coco.LiveComponentOperator) -> None:
                await operator.update_full()
                await operator.mark_ready()
                await driven.run(operator)

        @coco.fn
        async def main() -> None:
            await coco.mount(Component)

        async with live(make_app(main)) as update:
            await driven.ready(lambda operator: operator.update(coco.component_subpath(2), keep, 20))
            assert target.data == {"shared": 20}
            await driven.ready(lambda operator: operator.delete(coco.component_subpath(2)))
            await until(update, target, {"shared": 10})

    asyncio.run(run())


@pytest.mark.parametrize("memo", [True, False])
@pytest.mark.parametrize("at", ["root", "child"])
def test_what_is_below_the_root_inherits(make_app: Any, memo: bool, at: str, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()

    @coco.fn(memo=memo)
    async def keep(value: int) -> None:
        target.declare("shared", value)

    async def run() -> None:
        feed = Feed()

        @coco.fn(memo=memo)
        async def main() -> str:
            if at == "root":
                target.declare("shared", 1)
            else:
                await coco.mount(coco.component_subpath("child"), keep, 1)
            await coco.mount_each(coco.component_subpath("each"), keep, feed)
            return "done"

        app = make_app(main)
        async with live(app) as update:
            await feed.update("a", 10)
            await feed.update("b", 20)
            await feed.delete("a")
            assert target.data == {"shared": 20}
            await feed.delete("b")
            await until(update, target, {"shared": 1})
            await feed.update("c", 30)
            await until(update, target, {"shared": 30})
            await feed.delete("c")
            await until(update, target, {"shared": 1})
            feed.end()
            assert await update.result == "done"
        await app.update()
        assert target.data == {"shared": 1}

    asyncio.run(run())
    assert "has to run again" not in caplog.text


def test_where_only_a_feed_could_tell_of_it_that_is_said(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()

    async def keep(value: int) -> None:
        target.declare("shared", value)

    async def run() -> None:
        feed = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async with live(make_app(main)) as update:
            await feed.update(1, 10)
            await feed.update(2, 20)
            with caplog.at_level(logging.WARNING):
                await feed.delete(2)
            assert "component /@keep/1 has to run again" in caplog.text
            assert "runs when its source reports it again" in caplog.text
            assert "the target keeps the value of the component that owned it before" in caplog.text
            assert target.data == {"shared": 20}
            await feed.update(1, 10)
            await until(update, target, {"shared": 10})

    asyncio.run(run())

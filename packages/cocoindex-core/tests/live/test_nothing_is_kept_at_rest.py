"""Of keys at rest nothing is held in memory, however many changes there were, or tables that came and went."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers, RecordingTarget

from .conftest import Told
from .driven import Driven, Feed, View, live

pytestmark = pytest.mark.usefixtures("little_garbage")


def objects() -> Counter[str]:
    """How many objects there are of each type of ours, and of what these are made of."""
    gc.collect()
    found: Counter[str] = Counter()
    for each in gc.get_objects():
        kind = type(each)
        if kind.__module__.startswith("cocoindex") or kind in (dict, list, set, tuple):
            found[kind.__qualname__] += 1
    return found


async def grown(change: Any) -> dict[str, int]:
    """What there is more of after 30 changes than after 10."""
    for n in range(10):
        await change(n)
    before = objects()
    for n in range(10, 30):
        await change(n)
    after = objects()
    return {name: count - before[name] for name, count in after.items() if count - before[name] >= 20}


def test_changes_and_deletes_of_new_keys(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn(memo=True)
    async def keep(value: int) -> None:
        target.declare(value, value)
        await coco.mount(nested, value)

    @coco.fn(memo=True)
    async def nested(value: int) -> None:
        target.declare(("nested", value), value)

    async def run() -> None:
        feed = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async def change(n: int) -> None:
            await feed.update(n, n)
            await feed.update(n, n + 1000)
            await feed.delete(n)
            target.take()

        async with live(make_app(main)):
            assert await grown(change) == {}

    asyncio.run(run())


def test_keys_that_stay(make_app: Any) -> None:
    async def keep(value: int) -> None:
        pass

    async def run() -> None:
        view = View({})

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, view)

        async def change(n: int) -> None:
            await view.update(n, n)
            await view.do(lambda subscriber: subscriber.update_all())

        async with live(make_app(main)):
            assert await grown(change) == {}

    asyncio.run(run())


def test_full_updates_and_nested_loops(make_app: Any) -> None:
    async def nothing(*_: Any) -> None: ...

    async def run() -> None:
        outer = Driven()

        class Component:
            def __init__(self, driven: Driven) -> None:
                self.driven = driven

            async def process(self) -> None:
                await coco.mount_each(nothing, View({1: 1}))
                await coco.mount(nothing)

            async def process_live(self, operator: coco.LiveComponentOperator) -> None:
                await operator.update_full()
                await operator.mark_ready()
                await self.driven.run(operator)

        @coco.fn
        async def main() -> None:
            await coco.mount(Component, outer)

        async def change(n: int) -> None:
            await outer.do(lambda operator: operator.update_full())
            path = coco.component_subpath(n)
            await outer.ready(lambda operator: operator.update(path, Component, Driven()))
            await outer.ready(lambda operator: operator.delete(path))

        async with live(make_app(main)):
            assert await grown(change) == {}

    asyncio.run(run())


def test_failures(make_app: Any, told: list[Told]) -> None:
    async def fails(value: int) -> None:
        raise ValueError("bad")

    async def run() -> None:
        feed = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(fails, feed)

        async def change(n: int) -> None:
            await feed.update(n, n)
            await feed.delete(n)
            told.clear()  # the fixture keeps what was raised, with its frames

        async with live(make_app(main)):
            assert await grown(change) == {}

    asyncio.run(run())


def test_tables_that_are_declared_again(make_app: Any) -> None:
    tables = RecordingContainers()

    async def keep(value: int) -> None:
        rows = await coco.mount_target(tables.table("table", value))
        coco.declare_target_state(rows.target_state("row", value))

    async def run() -> None:
        feed = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async def change(n: int) -> None:
            await feed.update("key", n)
            assert tables.tables == {"table": {"row": n}}
            tables.take()
            tables.rows.take()

        async with live(make_app(main)):
            assert await grown(change) == {}

    asyncio.run(run())


def test_tables_that_come_and_go(make_app: Any) -> None:
    tables = RecordingContainers()

    @coco.fn
    async def keep(value: int) -> None:
        rows = await coco.mount_target(tables.table(value))
        coco.declare_target_state(rows.target_state("row", value))

    async def run() -> None:
        feed = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async def change(n: int) -> None:
            await feed.update(n, n)
            assert tables.tables == {n: {"row": n}}
            await feed.delete(n)
            assert tables.tables == {}
            tables.take()
            tables.rows.take()

        async with live(make_app(main)):
            assert await grown(change) == {}

    asyncio.run(run())

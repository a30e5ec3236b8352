"""Live components: full runs of `process()`, single updates and deletes, and that these wait for a full run."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import Driven, live


def path(*parts: Any) -> coco.ComponentSubpath:
    return coco.component_subpath(*parts)


class Folder:
    """Keeps what is in a dict; the test drives its loop."""

    def __init__(self, driven: Driven, items: dict[str, int], target: RecordingTarget) -> None:
        self.driven = driven
        self.items = items
        self.target = target

    async def process(self) -> None:
        self.target.declare("all", len(self.items))
        for name, value in self.items.items():
            await coco.mount(path(name), keep, self.target, name, value)

    async def process_live(self, operator: coco.LiveComponentOperator) -> None:
        await operator.update_full()
        await operator.mark_ready()
        await self.driven.run(operator)


async def keep(target: RecordingTarget, name: str, value: int) -> None:
    target.declare(name, value)


def test_full_and_single_updates(make_app: Any) -> None:
    target, items = RecordingTarget(), {"a": 1, "b": 2}

    async def run() -> None:
        driven = Driven()

        @coco.fn
        async def main() -> None:
            await (await coco.mount(Folder, driven, items, target)).ready()
            target.declare("main", 1)

        app = make_app(main)
        async with live(app):
            assert target.data == {"main": 1, "all": 2, "a": 1, "b": 2}
            await driven.ready(lambda operator: operator.update(path("c"), keep, target, "c", 3))
            await driven.ready(lambda operator: operator.delete(path("a")))
            assert target.data == {"main": 1, "all": 2, "b": 2, "c": 3}
            items["d"] = 4
            await driven.do(lambda operator: operator.update_full())
            assert target.data == {"main": 1, "all": 3, "a": 1, "b": 2, "d": 4}
        target.take()
        await app.update()
        assert target.take() == []

    asyncio.run(run())


def test_single_updates_wait_for_a_full_one(make_app: Any) -> None:
    target = RecordingTarget()

    async def run() -> None:
        driven, reached, go_on = Driven(), asyncio.Event(), asyncio.Event()
        go_on.set()

        class Slow(Folder):
            async def process(self) -> None:
                await super().process()
                reached.set()
                await go_on.wait()

        @coco.fn
        async def main() -> None:
            await coco.mount(Slow, driven, {"a": 1}, target)

        async with live(make_app(main)):
            reached.clear()
            go_on.clear()
            full = asyncio.ensure_future(driven.calls.update_full())
            await reached.wait()
            calls = driven.calls
            deleted = asyncio.ensure_future(calls.delete(path("a")))
            updated = asyncio.ensure_future(calls.update(path("b"), keep, target, "b", 1))
            for _ in range(20):
                await asyncio.sleep(0)
            assert not (full.done() or deleted.done() or updated.done())
            go_on.set()
            await full
            await (await deleted).ready()
            await (await updated).ready()
            assert target.data == {"all": 1, "b": 1}

    asyncio.run(run())


def test_a_full_update_waits_for_single_ones(make_app: Any) -> None:
    target, order = RecordingTarget(), list[str]()

    async def run() -> None:
        driven, go_on = Driven(), asyncio.Event()

        async def slow() -> None:
            order.append("single")
            await go_on.wait()
            order.append("single ends")

        class Noted(Folder):
            async def process(self) -> None:
                order.append("full")

        @coco.fn
        async def main() -> None:
            await coco.mount(Noted, driven, {}, target)

        async with live(make_app(main)):
            handle = await driven.do(lambda operator: operator.update(path("x"), slow))
            full = asyncio.ensure_future(driven.calls.update_full())
            for _ in range(20):
                await asyncio.sleep(0)
            go_on.set()
            await full
            await handle.ready()
            assert order == ["full", "single", "single ends", "full"]

    asyncio.run(run())


def test_one_that_never_runs_in_full_keeps_its_children(make_app: Any) -> None:
    target = RecordingTarget()

    class Feeds(Folder):
        async def process_live(self, operator: coco.LiveComponentOperator) -> None:
            await operator.mark_ready()
            await self.driven.run(operator)

    async def run() -> None:
        driven = Driven()

        @coco.fn
        async def main() -> None:
            await coco.mount(Feeds, driven, {}, target)

        app = make_app(main)
        for n in range(3):
            async with live(app):
                assert target.data == {m: m for m in range(n)}
                await (await driven.calls.update(path(n), keep, target, n, n)).ready()
        async with live(app):
            await driven.ready(lambda operator: operator.delete(path(1)))
            assert target.data == {0: 0, 2: 2}
        await app.drop()
        assert target.data == {}

    asyncio.run(run())

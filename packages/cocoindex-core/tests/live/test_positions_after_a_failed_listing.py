"""A position is not stored while a listing before it has failed: it would cover what that has missed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time

from .driven import Driven, View, live
from .memory_target import MemoryTarget


async def stored(driven: Driven) -> Any:
    """What is stored once all that was called has been applied."""
    for _ in range(100):
        await asyncio.sleep(0)
    return await driven.do(lambda calls: calls.read_committed_state("cursor"))


async def checkpoint(driven: Driven, value: int) -> None:
    await driven.do(lambda calls: calls.checkpoint(value))


def test_a_view_that_cannot_be_listed(make_app: Any) -> None:
    target = MemoryTarget()
    broken = False

    async def keep(value: int) -> None:
        target.declare(value, value)

    async def listed(key: Any) -> None:
        if broken and key == 2:
            raise OSError("cannot be listed")

    async def run() -> None:
        nonlocal broken
        view = View({1: 1})
        view.listed = listed

        async def main() -> None:
            await coco.mount_each(coco.component_subpath("view"), keep, view)

        async def list_all(calls: Any) -> None:
            with suppress(OSError):
                await calls.update_all()

        async with live(make_app(main)):
            await checkpoint(view, 1)
            assert await stored(view) == 1
            view.items |= {2: 2, 3: 3}
            broken = True
            for position in (2, 3):
                await view.do(list_all)
                await checkpoint(view, position)
                assert await stored(view) == 1
            await view.update(4, 4)
            assert await stored(view) == 1, "another call makes no good for it"
            view.items[4] = 4
            broken = False
            await view.do(list_all)
            assert await stored(view) == 3
            assert target.data == {1: 1, 2: 2, 3: 3, 4: 4}

    asyncio.run(run())


@pytest.mark.parametrize("where", ["process", "child", "sink"])
def test_a_full_update_that_fails(make_app: Any, where: str) -> None:
    target = MemoryTarget()
    driven = Driven()
    broken: str | None = None
    values = [1]

    async def keep(value: int) -> None:
        if broken == "child" and value == 2:
            raise ValueError("bad child")
        target.declare(value, value)

    class Component:
        async def process(self) -> None:
            if broken == "process":
                raise ValueError("bad process")
            for value in values:
                await coco.mount(coco.component_subpath(value), keep, value)

        async def process_live(self, operator: coco.LiveComponentOperator) -> None:
            await operator.update_full()
            await operator.mark_ready()
            await driven.run(operator)

    async def main() -> None:
        await coco.mount(Component)

    async def run() -> None:
        nonlocal broken
        async with live(make_app(main)):
            await checkpoint(driven, 1)
            assert await stored(driven) == 1
            values.append(2)
            broken = where
            target.fail_keys = {2} if where == "sink" else set()
            await driven.do(lambda operator: operator.update_full())
            await checkpoint(driven, 2)
            assert await stored(driven) == 1
            broken = None
            target.fail_keys = set()
            await asyncio.sleep(10)
            assert target.data == {1: 1, 2: 2}, "it is made again by itself"
            assert await stored(driven) == 2

    run_in_virtual_time(run())


def test_a_full_update_in_an_update_that_ends(make_app: Any) -> None:
    found: list[Any] = []
    broken = True

    class Component:
        async def process(self) -> None:
            if broken:
                raise ValueError("bad process")

        async def process_live(self, operator: coco.LiveComponentOperator) -> None:
            found.append(await operator.read_committed_state("cursor"))
            await operator.update_full()
            await operator.checkpoint(1)
            await operator.mark_ready()

    async def main() -> None:
        await coco.mount(Component)

    app = make_app(main)
    app.update_blocking()
    broken = False
    app.update_blocking()
    app.update_blocking()
    assert found == [None, None, 1]


def test_a_source_is_not_told_either(make_app: Any) -> None:
    told: list[int] = []
    broken = True

    async def keep(value: int) -> None: ...

    async def listed(key: Any) -> None:
        if broken:
            raise OSError("cannot be listed")

    async def run() -> None:
        nonlocal broken
        view = View({})

        async def main() -> None:
            await coco.mount_each(coco.component_subpath("view"), keep, view)

        async def list_all(calls: Any) -> None:
            with suppress(OSError):
                await calls.update_all()
            calls.durable(lambda: told.append(1))

        async with live(make_app(main)):
            view.items[1] = 1
            view.listed = listed
            await view.do(list_all)
            await stored(view)
            assert told == []
            broken = False
            await view.do(list_all)
            await stored(view)
            assert told == [1, 1]

    asyncio.run(run())

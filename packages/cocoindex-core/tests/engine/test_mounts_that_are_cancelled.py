"""A mount that its caller gives up fails the component where it did not run, and leaves nothing waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


async def by_wait_for(mount: Callable[[], Awaitable[Any]], soon: asyncio.Event) -> None:
    task = asyncio.ensure_future(mount())
    await soon.wait()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass


async def by_task_group(mount: Callable[[], Awaitable[Any]], soon: asyncio.Event) -> None:
    async def fail() -> None:
        await soon.wait()
        raise ValueError("one of the group fails")

    async def wait() -> None:
        await mount()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(wait())
            group.create_task(fail())
    except* ValueError:
        pass


async def by_timeout(mount: Callable[[], Awaitable[Any]], soon: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as limit:

            async def expire() -> None:
                await soon.wait()
                limit.reschedule(loop.time())

            helper = asyncio.ensure_future(expire())
            await mount()
    except TimeoutError:
        pass
    await helper


WAYS = pytest.mark.parametrize("give_up", [by_wait_for, by_task_group, by_timeout])


@WAYS
@pytest.mark.parametrize("which", ["mount", "use_mount", "mount_each"])
def test_a_mount_that_waits_for_a_slot(make_app: Any, give_up: Any, which: str) -> None:
    target, runs = RecordingTarget(), list[str]()
    world = {"blocks": True}

    @coco.fn
    async def blocker(go_on: asyncio.Event) -> None:
        await go_on.wait()

    @coco.fn(memo=True)
    async def wanted(value: int = 1) -> None:
        runs.append("wanted")
        target.declare("wanted", 1)

    async def mount() -> None:
        at = coco.component_subpath("wanted")
        if which == "mount":
            await coco.mount(at, wanted)
        elif which == "use_mount":
            await coco.use_mount(at, wanted)
        else:
            await coco.mount_each(at, wanted, [("one", 1)])

    @coco.fn(memo=True)
    async def parent(salt: int) -> None:
        go_on, soon = asyncio.Event(), asyncio.Event()
        if world["blocks"]:
            await coco.mount(blocker, go_on)
            asyncio.get_running_loop().call_soon(lambda: asyncio.get_running_loop().call_soon(soon.set))
            await give_up(mount, soon)
            go_on.set()
        else:
            await mount()

    @coco.fn
    async def main() -> None:
        await coco.mount(parent, 1)

    app = make_app(main, limit=1)
    app.update_blocking()
    assert runs == [] and target.data == {}
    world["blocks"] = False
    app.update_blocking()
    assert target.data == {"wanted": 1}


@WAYS
def test_items_whose_states_are_asked_for(make_app: Any, give_up: Any) -> None:
    """What was met and did not run has failed, so that a memoized parent runs again."""
    target = RecordingTarget()
    world = {"hangs": True}

    class Item:
        def __init__(self, number: int, asked: asyncio.Event) -> None:
            self.number, self.asked = number, asked

        def __coco_memo_key__(self) -> object:
            return self.number

        async def __coco_memo_state__(self, prev: Any) -> coco.MemoStateOutcome:
            self.asked.set()
            if world["hangs"]:
                await asyncio.Event().wait()
            return coco.MemoStateOutcome(1, memo_valid=prev == 1)

    @coco.fn(memo=True)
    async def row(item: Item) -> None:
        target.declare(item.number, 1)

    @coco.fn(memo=True)
    async def parent() -> None:
        asked = asyncio.Event()
        items = [(str(number), Item(number, asked)) for number in range(3)]

        async def mount() -> None:
            await coco.mount_each(row, items)

        if world["hangs"]:
            await give_up(mount, asked)
        else:
            await mount()

    @coco.fn
    async def main() -> None:
        await coco.mount(parent)

    app = make_app(main)
    app.update_blocking()
    assert target.data == {}
    world["hangs"] = False
    app.update_blocking()
    assert target.data == {0: 1, 1: 1, 2: 1}

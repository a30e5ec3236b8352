"""A task that a live loop started, and that waits for the engine, is released when the update is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco

at = coco.component_subpath


class World:
    """What never ends; `started` is set when the loop's task waits for it."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def never_ends(self, value: int = 0) -> None:
        self.started.set()
        await asyncio.Event().wait()

    async def keep(self, wait: Awaitable[None]) -> None:
        """Do what a loop does that waits in a task of its own."""
        self.tasks.append(asyncio.ensure_future(wait))
        await asyncio.Event().wait()


class View:
    """A live map whose loop waits in a task."""

    def __init__(self, world: World, wait: Callable[[Any], Awaitable[None]]) -> None:
        self._world, self._wait = world, wait

    async def __aiter__(self) -> AsyncIterator[tuple[int, int]]:
        yield 1, 1

    async def watch(self, subscriber: Any) -> None:
        await self._world.keep(self._wait(subscriber))


async def handle(subscriber: Any) -> None:
    await (await subscriber.update(1, 1)).ready()


async def waiting_call(subscriber: Any) -> None:
    await subscriber.update(1, 1)
    await (await subscriber.update(1, 2)).ready()


async def listing(subscriber: Any) -> None:
    await subscriber.update_all()


async def mark_ready(subscriber: Any) -> None:
    await subscriber.update(1, 1)
    await subscriber.mark_ready()
    await subscriber.caught_up()


async def operator_handle(operator: Any, world: World) -> None:
    await (await operator.update(at(1), world.never_ends)).ready()


async def operator_full(operator: Any, world: World) -> None:
    await operator.update(at(1), world.never_ends)
    await operator.update_full()


async def operator_process(operator: Any, world: World) -> None:
    await operator.update_full()


async def cancelled(make_app: Any, main: Any, world: World) -> None:
    updating = asyncio.ensure_future(make_app(main).update(live=True).result())
    await world.started.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    updating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await updating
    _, waiting = await asyncio.wait(world.tasks, timeout=30)
    assert not waiting
    assert asyncio.all_tasks() == {asyncio.current_task()}
    for task in world.tasks:
        assert task.cancelled() or isinstance(task.exception(), coco.errors.LiveRangeEndedError)


@pytest.mark.parametrize("wait", [handle, waiting_call, listing, mark_ready])
def test_of_a_map(make_app: Any, wait: Any) -> None:
    async def run() -> None:
        world = World()

        async def main() -> None:
            await coco.mount_each(world.never_ends, View(world, wait))

        await cancelled(make_app, main, world)

    asyncio.run(run())


@pytest.mark.parametrize("wait", [operator_handle, operator_full, operator_process])
def test_of_a_component(make_app: Any, wait: Any) -> None:
    async def run() -> None:
        world = World()

        class Component:
            async def process(self) -> None:
                await coco.mount(at("child"), world.never_ends)

            async def process_live(self, operator: Any) -> None:
                await world.keep(wait(operator, world))

        async def main() -> None:
            await coco.mount(Component)

        await cancelled(make_app, main, world)

    asyncio.run(run())

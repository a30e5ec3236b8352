"""Cancelled at any turn of the loop, once or twice, an update, drop, start or stop ends; the next one mends all."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers, RecordingTarget

ROWS = 5
MOST_TURNS = 400


class World:
    """An app that uses what there is, and what its targets should hold."""

    def __init__(self, make_app: Any) -> None:
        self.value = 0
        self.active = 0
        self.flat = RecordingTarget()
        self.tables = RecordingContainers()
        self.app = make_app(self._main())

    def _main(self) -> Any:
        @coco.fn.as_async
        def computed() -> int:
            return self.value

        @coco.fn
        def sync(n: int) -> None:
            self.active += 1
            self.flat.declare(n, self.value)
            self.active -= 1

        @coco.fn
        async def asynchronous(n: int) -> None:
            self.flat.declare(-n, await computed())

        @coco.fn
        async def row(table: Any, n: int) -> None:
            coco.declare_target_state(table.target_state(n, self.value))

        @coco.fn
        async def main() -> None:
            table = await coco.mount_target(self.tables.table("t"))
            await coco.mount_each(sync, [(n, n) for n in range(1, ROWS)])
            await coco.mount_each(asynchronous, [(n, n) for n in range(1, ROWS)])
            for n in range(ROWS):
                await coco.use_mount(coco.component_subpath("row", n), row, table, n)

        return main

    def check(self) -> None:
        assert self.active == 0
        assert self.flat.data == {n: self.value for n in range(-ROWS + 1, ROWS) if n}
        assert self.tables.tables == {"t": dict.fromkeys(range(ROWS), self.value)}


async def cancelled_at(turns: int, times: int, work: Awaitable[Any]) -> bool:
    """Whether it was complete before it was cancelled, which is at the given turn, and again a little later."""
    task = asyncio.ensure_future(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    complete = task.done()
    for _ in range(times):
        task.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
    done, _ = await asyncio.wait([task], timeout=30)
    assert done, f"cancelled at turn {turns}, it does not end"
    assert task.cancelled() or task.exception() is None
    return complete


def steps() -> list[int]:
    """All turns at first, where most happens, then some: threads take turns that differ from run to run."""
    return [*range(40), *range(40, MOST_TURNS, 23)]


@pytest.mark.parametrize("times", [1, 2])
def test_an_update(make_app: Any, times: int) -> None:
    async def run() -> None:
        world = World(make_app)
        for turns in steps():
            world.value += 1
            if await cancelled_at(turns, times, world.app.update().result()):
                break
            await world.app.update()
            world.check()
        world.check()

    asyncio.run(run())


@pytest.mark.parametrize("times", [1, 2])
def test_a_drop(make_app: Any, times: int) -> None:
    async def run() -> None:
        world = World(make_app)
        for turns in steps()[::3]:
            world.value += 1
            await world.app.update()
            complete = await cancelled_at(turns, times, world.app.drop().result())
            if turns % 2:
                await world.app.update()
                world.check()
            await world.app.drop()
            assert (world.flat.data, world.tables.tables) == ({}, {})
            if complete:
                break

    asyncio.run(run())


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("what", ["start", "stop"])
def test_a_start_or_stop(tmp_path: pathlib.Path, what: str, times: int) -> None:
    log: list[str] = []

    @coco.lifespan
    async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        builder.settings.db_path = tmp_path / "db"
        log.append("opened")
        try:
            for _ in range(5):
                await asyncio.sleep(0)
            yield
            for _ in range(5):
                await asyncio.sleep(0)
        finally:
            log.append("closed")

    call: Callable[[], Awaitable[None]] = coco.start if what == "start" else coco.stop

    async def run() -> None:
        for turns in range(60):
            if what == "stop":
                await coco.start()
            await cancelled_at(turns, times, call())
            assert log.count("opened") - log.count("closed") in (0, 1)
            await coco.start()
            assert log.count("opened") - log.count("closed") == 1
            await coco.stop()
            assert log.count("opened") == log.count("closed")

    asyncio.run(run())

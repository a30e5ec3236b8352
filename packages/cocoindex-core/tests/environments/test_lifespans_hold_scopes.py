"""What a lifespan enters, it leaves in the same task: task groups and cancel scopes live from the start to the stop."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

import cocoindex as coco

KEY = coco.ContextKey[list[str]]("test/lifespans hold scopes")


@asynccontextmanager
async def worked_by_anyio(log: list[str]) -> AsyncIterator[list[str]]:
    async with anyio.create_task_group() as tg:
        tg.start_soon(work, log)
        yield log
        tg.cancel_scope.cancel()


@asynccontextmanager
async def worked_by_asyncio(log: list[str]) -> AsyncIterator[list[str]]:
    async with asyncio.timeout(60), asyncio.TaskGroup() as tg:
        task = tg.create_task(work(log))
        yield log
        task.cancel()


async def work(log: list[str]) -> None:
    log.append("working")
    try:
        await asyncio.Event().wait()
    finally:
        log.append("done")


@coco.fn
async def main() -> int:
    return len(coco.use_context(KEY))


def blocking() -> None:
    coco.App("blocking", main).update_blocking()
    coco.stop_blocking()


def with_blocking() -> None:
    with coco.runtime():
        coco.App("with", main).update_blocking()


def awaited() -> None:
    async def run() -> None:
        async with coco.runtime():
            await coco.App("async with", main).update()

    asyncio.run(run())


def in_two_tasks() -> None:
    async def run() -> None:
        await asyncio.create_task(coco.start())
        await asyncio.create_task(coco.stop())

    asyncio.run(run())


def without_a_stop() -> None:
    async def run() -> None:
        await coco.App("without a stop", main).update()

    asyncio.run(run())


WAYS = [blocking, with_blocking, awaited, in_two_tasks, without_a_stop]


@pytest.fixture(params=[worked_by_anyio, worked_by_asyncio])
def log(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[list[str]]:
    log: list[str] = []

    @coco.lifespan
    async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        builder.settings.db_path = tmp_path / "db"
        await builder.provide_async_with(KEY, request.param(log))
        await asyncio.sleep(0)
        yield
        log.append("stopped")

    yield log
    coco.stop_blocking()


@pytest.mark.parametrize("way", WAYS)
def test_from_the_start_to_the_stop(log: list[str], way: Callable[[], None]) -> None:
    for n in (1, 2):
        way()
        assert log == ["working", "done", "stopped"] * n


def test_a_loop_that_ends_waits_for_its_updates_before_it_stops(log: list[str]) -> None:
    left: list[Any] = []

    @coco.fn
    async def slow() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            log.append("updated")

    started: asyncio.Event

    async def run() -> None:
        nonlocal started
        started = asyncio.Event()
        left.append(asyncio.ensure_future(coco.App("slow", slow).update().result()))
        await started.wait()

    asyncio.run(run())
    assert sorted(log[:-1]) == ["done", "updated", "working"] and log[-1] == "stopped"


@pytest.mark.parametrize("group", [asyncio.TaskGroup, anyio.create_task_group])
def test_a_task_group_that_fails_ends_the_lifespan_and_the_next_use_starts_it_anew(
    group: Any, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    log: list[str] = []
    fail = True

    @coco.lifespan
    async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        builder.settings.db_path = tmp_path / "db"
        log.append("start")
        try:
            async with group() as tg:
                if fail:
                    (getattr(tg, "start_soon", None) or (lambda fn: tg.create_task(fn())))(breaks)
                yield
        finally:
            log.append("stop")

    async def breaks() -> None:
        await breaking.wait()
        raise OSError("connection lost")

    @coco.fn
    async def update() -> None:
        breaking.set()
        await asyncio.sleep(0.01)
        log.append("updated")

    breaking: asyncio.Event

    async def run() -> None:
        nonlocal breaking, fail
        breaking = asyncio.Event()
        app = coco.App("of a group that fails", update)
        await app.update()
        fail = False
        await app.update()
        await coco.stop()

    asyncio.run(run())
    assert log == ["start", "updated", "stop", "start", "updated", "stop"]
    assert "the lifespan ended by itself" in caplog.text and "connection lost" in caplog.text

"""Starts and stops come one at a time, from whichever thread or loop; a stop waits for what runs."""

from __future__ import annotations

import asyncio
import pathlib
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco

KEY = coco.ContextKey[str]("test/start and stop")


@pytest.fixture
def log(tmp_path: pathlib.Path) -> Iterator[list[str]]:
    events: list[str] = []

    @coco.lifespan
    async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        builder.settings.db_path = tmp_path / "db"
        builder.provide(KEY, "value")
        events.append("start")
        await asyncio.sleep(0)
        yield
        events.append("stop")

    yield events
    coco.stop_blocking()


@coco.fn
async def read() -> str:
    return coco.use_context(KEY)


def test_many_threads_start_it_once(log: list[str]) -> None:
    apps = [coco.App(f"thread {n}", read) for n in range(8)]
    results: list[str] = []
    together = threading.Barrier(len(apps))

    def work(app: Any, blocking: bool) -> None:
        async def update() -> str:
            return str(await app.update())

        together.wait()
        results.append(app.update_blocking() if blocking else asyncio.run(update()))

    with coco.runtime():  # on the portal's loop, which outlives those of the threads
        threads = [threading.Thread(target=work, args=(app, n % 2 == 0)) for n, app in enumerate(apps)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == ["value"] * 8
    assert log == ["start", "stop"]


def test_many_blocking_calls_at_once_start_it_once(log: list[str]) -> None:
    together = threading.Barrier(6)

    def work() -> None:
        together.wait()
        coco.start_blocking()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log == ["start"]


def test_an_update_after_a_stop_starts_it_anew(log: list[str]) -> None:
    app = coco.App("anew", read)
    assert app.update_blocking() == "value"
    coco.stop_blocking()
    assert app.update_blocking() == "value"
    assert log == ["start", "stop", "start"]


def test_a_stop_waits_for_the_updates_that_run(log: list[str]) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    @coco.fn
    async def main() -> None:
        started.set()
        await go_on.wait()
        log.append("updated")

    async def run() -> None:
        update = asyncio.ensure_future(coco.App("waited for", main).update().result())
        await started.wait()
        stop = asyncio.ensure_future(coco.stop())
        await asyncio.sleep(0)
        assert not stop.done()
        go_on.set()
        await stop
        await update

    asyncio.run(run())
    assert log == ["start", "updated", "stop"]


def test_a_component_cannot_stop_what_it_runs_in(log: list[str]) -> None:
    @coco.fn
    async def main() -> None:
        await coco.stop()

    with pytest.raises(RuntimeError, match=r"component / stops the environment that it runs in.*after the update"):
        coco.App("stops itself", main).update_blocking()
    assert log == ["start"]


def test_a_stop_from_another_loop_runs_where_it_was_started(log: list[str]) -> None:
    coco.start_blocking()
    asyncio.run(coco.stop())
    assert log == ["start", "stop"]


def test_nested_runtime_blocks(log: list[str]) -> None:
    with coco.runtime():
        with coco.runtime():
            pass
        assert log == ["start", "stop"]
    assert log == ["start", "stop"]


def test_every_asyncio_run_has_a_life_of_its_own(log: list[str]) -> None:
    app = coco.App("in a row", read)

    async def update() -> str:
        async with coco.runtime():
            return await app.update()

    assert [asyncio.run(update()) for _ in range(3)] == ["value"] * 3
    assert log == ["start", "stop"] * 3


def test_asyncio_run_without_a_stop_between(log: list[str]) -> None:
    app = coco.App("without a stop", read)

    async def update() -> str:
        return await app.update()

    assert [asyncio.run(update()) for _ in range(3)] == ["value"] * 3
    assert app.update_blocking() == "value"
    assert log.count("start") == 4

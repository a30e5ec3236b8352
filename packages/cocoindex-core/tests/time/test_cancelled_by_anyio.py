"""Under anyio's cancel scopes, which cancel until a task has left: updates leave in order, starts are undone."""

from __future__ import annotations

import asyncio
import pathlib
import threading
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts how often it turns."""

    turns = 0

    def _run_once(self) -> None:
        self.turns += 1
        super()._run_once()  # type: ignore[misc]  # of the base class, which does not tell


def run(make: Any) -> None:
    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        runner.run(make())


def turns() -> int:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, CountingLoop)
    return loop.turns


@pytest.mark.parametrize("operation", ["update", "drop"])
def test_an_update_or_drop_is_waited_for_without_turning_the_loop(make_app: Any, operation: str) -> None:
    target = RecordingTarget()
    applying, go_on = threading.Event(), threading.Event()
    log: list[str] = []

    def slowly(_: object) -> None:
        applying.set()
        assert go_on.wait(30)
        log.append("applied")

    @coco.fn
    async def main() -> None:
        target.declare("k", 1)

    async def test() -> None:
        app = make_app(main)
        if operation == "drop":
            await app.update()
        target.on_batch = slowly

        async def work() -> None:
            with anyio.CancelScope() as scope:
                tg.start_soon(cancel, scope)
                await (app.update() if operation == "update" else app.drop())
            log.append("left" if scope.cancelled_caught else "not cancelled")

        async def cancel(scope: anyio.CancelScope) -> None:
            await asyncio.to_thread(applying.wait, 30)
            scope.cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            before = turns()
            await asyncio.to_thread(threading.Event().wait, 0.3)  # in which a loop that turns does so some 10 000 times
            log.append("calm" if turns() - before < 50 else "restless")
            go_on.set()

        async with anyio.create_task_group() as tg:
            tg.start_soon(work)

    run(test)
    assert log == ["calm", "applied", "left"]


def test_a_start_that_is_cancelled_closes_what_it_had_opened(tmp_path: pathlib.Path) -> None:
    log: list[str] = []
    started, closing, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    class Resource:
        async def __aenter__(self) -> Resource:
            log.append("open")
            return self

        async def __aexit__(self, *exc: object) -> None:
            closing.set()
            await go_on.wait()
            log.append("closed")

    key = coco.ContextKey[Resource]("test/cancelled start")

    @coco.lifespan
    async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        builder.settings.db_path = tmp_path / "db"
        await builder.provide_async_with(key, Resource())
        started.set()
        await asyncio.Event().wait()
        yield

    async def test() -> None:
        async def start() -> None:
            with anyio.CancelScope() as scope:
                tg.start_soon(cancel, scope)
                await coco.start()
            log.append("left")

        async def cancel(scope: anyio.CancelScope) -> None:
            await started.wait()
            scope.cancel()
            await closing.wait()
            await asyncio.sleep(0)
            log.append("waiting")
            go_on.set()

        async with anyio.create_task_group() as tg:
            tg.start_soon(start)

    run(test)
    assert log == ["open", "waiting", "closed", "left"]


def test_a_time_limit_of_anyio(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        await asyncio.Event().wait()

    async def test() -> None:
        app = make_app(main)
        with pytest.raises(TimeoutError):
            with anyio.fail_after(0.01):
                await app.update()
        with anyio.move_on_after(0.01) as scope:
            await app.update()
        assert scope.cancelled_caught

    anyio.run(test)


def test_components_use_scopes_and_task_groups(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def main() -> None:
        async def declare(n: int) -> None:
            target.declare(n, n)

        async with anyio.create_task_group() as tg:
            for n in range(3):
                tg.start_soon(declare, n)
        with anyio.move_on_after(0):
            await anyio.sleep_forever()
        await anyio.to_thread.run_sync(target.declare, "thread", 1)

    make_app(main).update_blocking()
    assert set(target.data) == {0, 1, 2, "thread"}

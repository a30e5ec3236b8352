"""A stop that did not come about has forgotten nothing: the lifespan's second half runs once, sooner or later."""

from __future__ import annotations

import asyncio
import pathlib
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco


class Life:
    """What the lifespan did, and how long its cleanup takes."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.cleaning, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.fails = False


@pytest.fixture
def life(tmp_path: pathlib.Path) -> Iterator[Life]:
    life = Life()

    @coco.lifespan
    async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        builder.settings.db_path = tmp_path / "db"
        life.log.append("start")
        yield
        life.cleaning.set()
        await asyncio.to_thread(life.go_on.wait, 30)
        life.log.append("stop")
        if life.fails:
            raise OSError("the cleanup failed")

    yield life
    life.fails = False
    life.go_on.set()
    coco.stop_blocking()


class Waiting:
    """The main function of an app, which waits until it may end."""

    def __init__(self) -> None:
        self.started, self.go_on = asyncio.Event(), asyncio.Event()

    @coco.fn
    async def main(self) -> str:
        self.started.set()
        await self.go_on.wait()
        return "updated"


def test_one_that_is_cancelled_while_an_update_runs(life: Life) -> None:
    async def run() -> None:
        waiting = Waiting()
        update = asyncio.ensure_future(coco.App("runs", waiting.main).update().result())
        await waiting.started.wait()
        for _ in range(2):
            stop = asyncio.ensure_future(coco.stop())
            for _ in range(5):
                await asyncio.sleep(0)
            stop.cancel()
            await asyncio.wait([stop])
            assert stop.cancelled() and not update.done()
        waiting.go_on.set()
        assert await update == "updated"
        assert life.log == ["start"]
        await coco.stop()

    asyncio.run(run())
    assert life.log == ["start", "stop"]


def test_after_one_that_was_cancelled_updates_run_as_before(life: Life) -> None:
    async def run() -> None:
        waiting = Waiting()
        update = asyncio.ensure_future(coco.App("runs as before", waiting.main).update().result())
        await waiting.started.wait()
        stop = asyncio.ensure_future(coco.stop())
        for _ in range(5):
            await asyncio.sleep(0)
        stop.cancel()
        await asyncio.wait([stop])
        other = Waiting()
        other.go_on.set()
        assert await coco.App("another", other.main).update() == "updated"
        waiting.go_on.set()
        await update
        await coco.stop()

    asyncio.run(run())
    assert life.log == ["start", "stop"]


@pytest.mark.parametrize("times", [1, 3])
def test_one_that_is_cancelled_while_it_cleans_up_is_complete_when_it_raises(life: Life, times: int) -> None:
    async def run() -> None:
        await coco.start()
        life.go_on.clear()
        stop = asyncio.ensure_future(coco.stop())
        await asyncio.to_thread(life.cleaning.wait, 30)
        for _ in range(times):
            stop.cancel()
            for _ in range(5):
                await asyncio.sleep(0)
        assert not stop.done()
        life.go_on.set()
        await asyncio.wait([stop])
        assert stop.cancelled()
        assert life.log == ["start", "stop"]
        await coco.start()
        await coco.stop()

    asyncio.run(run())
    assert life.log == ["start", "stop"] * 2


def test_one_on_a_loop_that_does_not_run_says_where_to_stop(life: Life) -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(coco.start())
    with pytest.raises(coco.errors.EnvironmentLoopError, match=r"await coco\.stop\(\)"):
        coco.stop_blocking()
    loop.run_until_complete(coco.stop())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    assert life.log == ["start", "stop"]


def test_one_whose_cleanup_fails_has_stopped(life: Life) -> None:
    coco.start_blocking()
    life.fails = True
    with pytest.raises(OSError, match="the cleanup failed"):
        coco.stop_blocking()
    life.fails = False
    coco.start_blocking()
    coco.stop_blocking()
    assert life.log == ["start", "stop"] * 2


def test_an_update_that_comes_while_it_stops_starts_it_anew(life: Life) -> None:
    async def run() -> None:
        await coco.start()
        life.go_on.clear()
        stop = asyncio.ensure_future(coco.stop())
        await asyncio.to_thread(life.cleaning.wait, 30)
        waiting = Waiting()
        waiting.go_on.set()
        update = asyncio.ensure_future(coco.App("meanwhile", waiting.main).update().result())
        for _ in range(5):
            await asyncio.sleep(0)
        life.go_on.set()
        assert await update == "updated"
        await stop
        await coco.stop()

    asyncio.run(run())
    assert life.log == ["start", "stop"] * 2


def test_an_update_that_comes_together_with_a_stop(life: Life) -> None:
    async def run() -> None:
        await coco.start()
        waiting = Waiting()
        waiting.go_on.set()
        updated, _ = await asyncio.gather(coco.App("together", waiting.main).update().result(), coco.stop())
        assert updated == "updated"

    asyncio.run(run())
    assert life.log[:2] == ["start", "stop"]


def test_an_update_inside_a_component_goes_on_while_a_stop_waits(life: Life) -> None:
    async def run() -> None:
        inner, started, go_on = Waiting(), asyncio.Event(), asyncio.Event()
        inner.go_on.set()
        inner_app: Any = coco.App("inside", inner.main)

        @coco.fn
        async def main() -> Any:
            started.set()
            await go_on.wait()
            return await inner_app.update()

        update = asyncio.ensure_future(coco.App("outside", main).update().result())
        await started.wait()
        stop = asyncio.ensure_future(coco.stop())
        for _ in range(5):
            await asyncio.sleep(0)
        go_on.set()
        assert await update == "updated"
        await stop

    asyncio.run(run())
    assert life.log == ["start", "stop"]


def test_an_exception_handler_cannot_stop_what_waits_for_it(tmp_path: pathlib.Path) -> None:
    refused: list[str] = []

    async def handler(error: BaseException, context: coco.ExceptionContext) -> None:
        try:
            await coco.stop()
        except coco.errors.UpdateInsideItselfError as exc:
            refused.append(str(exc))

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "db"
        builder.set_exception_handler(handler)
        yield

    @coco.fn
    async def child() -> None:
        raise ValueError("as the test wants it")

    @coco.fn
    async def main() -> None:
        await coco.mount(child)

    with coco.runtime():
        coco.App("handled", main).update_blocking()
    assert len(refused) == 1

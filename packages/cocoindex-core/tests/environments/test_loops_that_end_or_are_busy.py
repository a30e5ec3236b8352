"""An update from another loop ends whatever happens to the loop that it runs on: cancelled early, closed, stopped."""

from __future__ import annotations

import asyncio
import pathlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import cocoindex as coco


class LoopThread:
    """A loop in a thread of its own, which can be kept busy, and ended."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self._go_on = threading.Event()

    def keep_busy(self, *, then_stop: bool = False) -> None:
        """Hold up the loop until `let_go`; have it stop then, and not come to what was asked of it meanwhile."""
        busy = threading.Event()

        def hold() -> None:
            busy.set()
            self._go_on.wait(30)
            if then_stop:
                self.loop.stop()

        self.loop.call_soon_threadsafe(hold)
        assert busy.wait(30)

    def let_go(self) -> None:
        self._go_on.set()

    def stop(self) -> None:
        self._go_on.set()
        if self.loop.is_running():
            self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()


@pytest.fixture
def other() -> Iterator[LoopThread]:
    other = LoopThread()
    yield other
    other.stop()
    other.loop.close()


def app_on(loop: asyncio.AbstractEventLoop, folder: pathlib.Path, main: Any) -> Any:
    env = coco.Environment(coco.Settings(db_path=folder / "db"), event_loop=loop)
    return coco.App(coco.AppConfig("app", environment=env), main)


@pytest.mark.parametrize("operation", ["update", "drop", "preview"])
def test_one_that_is_cancelled_before_it_began(other: LoopThread, tmp_path: pathlib.Path, operation: str) -> None:
    ran: list[str] = []

    @coco.fn
    async def main() -> None:
        ran.append("main")

    app = app_on(other.loop, tmp_path, main)
    start = {"update": app.update, "drop": app.drop, "preview": lambda: app.update(preview=True)}[operation]

    async def run() -> None:
        other.keep_busy()
        task = asyncio.ensure_future(start().result())
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()
        other.let_go()
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(run())
    assert ran == []
    app.update_blocking()
    assert ran == ["main"]


def test_a_loop_that_stops_before_it_began_it(other: LoopThread, tmp_path: pathlib.Path) -> None:
    @coco.fn
    async def main() -> None:
        pass

    app = app_on(other.loop, tmp_path, main)

    async def run() -> None:
        other.keep_busy(then_stop=True)
        task = asyncio.ensure_future(app.update().result())
        for _ in range(5):
            await asyncio.sleep(0)
        other.stop()
        other.loop.close()
        with pytest.raises(coco.errors.EnvironmentLoopError, match=r"closed.*the next update goes on"):
            await task

    asyncio.run(run())


@pytest.mark.parametrize("blocking", [True, False], ids=["blocking", "awaited"])
def test_a_loop_that_stops_under_it(other: LoopThread, tmp_path: pathlib.Path, blocking: bool) -> None:
    started, never = threading.Event(), asyncio.Event()

    @coco.fn
    async def main() -> None:
        started.set()
        await never.wait()

    app = app_on(other.loop, tmp_path, main)
    failures: list[BaseException] = []

    def update() -> None:
        try:
            app.update_blocking() if blocking else asyncio.run(app.update().result())
        except coco.errors.EnvironmentLoopError as exc:
            failures.append(exc)

    thread = threading.Thread(target=update)
    thread.start()
    assert started.wait(30)
    other.stop()
    thread.join(30)
    assert "stopped before it was complete" in str(failures[0])
    other.loop.run_until_complete(_end(other.loop))


async def _end(loop: asyncio.AbstractEventLoop) -> None:
    tasks = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)

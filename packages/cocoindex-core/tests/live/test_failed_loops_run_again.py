"""A loop that fails in a live update is told of, and runs again after a pause, unless it never gets anywhere."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time

from .memory_target import MemoryTarget


class Loops:
    """A live map whose `watch` fails as often as it is told to, some seconds after it began."""

    def __init__(self, failures: int, lives: float, target: MemoryTarget) -> None:
        self.failures = failures
        self.lives = lives
        self.target = target
        self.began: list[float] = []
        self.told: list[tuple[str, str | None, str, str]] = []

    async def watch(self, subscriber: Any) -> None:
        self.began.append(asyncio.get_running_loop().time())
        await (await subscriber.update(1, len(self.began))).ready()
        await subscriber.mark_ready()
        await asyncio.sleep(self.lives)
        if len(self.began) <= self.failures:
            raise ConnectionError("gone")

    async def keep(self, value: int) -> None:
        self.target.declare("runs", value)

    def handler(self, error: BaseException, context: coco.ExceptionContext) -> None:
        self.told.append((context.stable_path, context.processor_name, context.mount_kind, repr(error)))

    def run(self, make_app: Any, *, live: bool = True) -> Any:
        items: Any = self

        @coco.fn
        async def main() -> str:
            async with coco.exception_handler(self.handler):
                await coco.mount_each(self.keep, items)
            return "result"

        self.app = make_app(main)

        async def update() -> Any:
            return await self.app.update(live=live)

        return run_in_virtual_time(update())


def test_it_runs_again_after_longer_and_longer_pauses(make_app: Any) -> None:
    loops = Loops(3, 2, MemoryTarget())
    assert loops.run(make_app) == "result"
    assert [round(when) for when in loops.began] == [0, 3, 7, 13]
    assert loops.target.data == {"runs": 4}
    assert len(loops.told) == 3
    path, name, kind, error = loops.told[0]
    assert (path, kind, error) == ("/", "process_live", "ConnectionError('gone')") and name is not None


def test_each_failure_is_counted(make_app: Any) -> None:
    loops: Any = Loops(3, 2, MemoryTarget())
    seen: list[int] = []

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(loops.handler):
            await coco.mount_each(loops.keep, loops)

    async def update() -> None:
        handle = make_app(main).update(live=True)
        await handle
        stats = handle.stats()
        assert stats is not None
        seen.append(stats.total.num_errors)

    run_in_virtual_time(update())
    assert seen == [3]


def test_a_loop_that_fails_at_once_ten_times_fails_the_update(make_app: Any) -> None:
    loops = Loops(1000, 0, MemoryTarget())
    with pytest.raises(ConnectionError, match="gone"):
        loops.run(make_app)
    assert len(loops.began) == len(loops.told) == 10


def test_a_loop_that_fails_for_hours_goes_on(make_app: Any) -> None:
    loops = Loops(100, 5, MemoryTarget())
    assert loops.run(make_app) == "result"
    assert len(loops.began) == 101 and loops.target.data == {"runs": 101}


def test_in_an_update_that_ends_it_fails_at_once(make_app: Any) -> None:
    target = MemoryTarget()

    class Fails(Loops):
        async def watch(self, subscriber: Any) -> None:
            self.began.append(0)
            raise ConnectionError("gone")

    loops = Fails(1, 0, target)
    with pytest.raises(ConnectionError, match="gone"):
        loops.run(make_app, live=False)
    assert len(loops.began) == 1

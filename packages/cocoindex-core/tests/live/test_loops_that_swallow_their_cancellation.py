"""A loop that goes on though it was cancelled is told of, and cancelled again; one that never ends is left behind."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import LiveRangeEndedError
from cocoindex.testing import run_in_virtual_time

from .driven import Feed, live


class Stubborn:
    """A live component and a live map that swallow the first cancellation of their loop."""

    def __init__(self) -> None:
        self.swallowed = 0

    async def process(self) -> None:
        """Nothing is mounted."""

    async def process_live(self, calls: Any) -> None:
        try:
            await calls.mark_ready()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.swallowed += 1
        await asyncio.Event().wait()

    watch = process_live


class Endless(Stubborn):
    """They swallow each cancellation, and go on calling.

    Attributes:
        refused: how many calls were refused.
        done: is set to have it end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0
        self.done = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def process_live(self, calls: Any) -> None:
        self.task = asyncio.current_task()
        while not self.done.is_set():
            try:
                if not self.swallowed:
                    await calls.mark_ready()
                with suppress(LiveRangeEndedError):
                    self.refused += 1
                    await calls.checkpoint(1)
                    self.refused -= 1
                await self.done.wait()
            except asyncio.CancelledError:
                self.swallowed += 1

    watch = process_live

    async def ends(self) -> None:
        """It is still there, but all its calls are refused; then it ends."""
        assert self.swallowed == 3 and self.task is not None and not self.task.done()
        self.task.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        assert self.swallowed == 4 and self.refused > 0
        self.done.set()
        await self.task


@pytest.fixture(params=["component", "map"])
def as_map(request: Any) -> bool:
    return bool(request.param == "map")


def mounted(stubborn: Stubborn, as_map: bool) -> Any:
    class Component:
        async def process(self) -> None:
            """Nothing is mounted."""

        async def process_live(self, operator: Any) -> None:
            await stubborn.process_live(operator)

    async def nothing(value: int) -> None: ...

    async def main(value: int = 0) -> None:
        items: Any = stubborn
        if as_map:
            await coco.mount_each(nothing, items)
        else:
            await coco.mount(coco.component_subpath("stubborn"), Component)

    return main


def told_once(caplog: Any) -> bool:
    said = [record for record in caplog.records if "was cancelled a second ago" in record.getMessage()]
    return len(said) == 1 and said[0].levelno == logging.WARNING


def test_a_catch_up_update_ends(make_app: Any, as_map: bool, caplog: Any) -> None:
    stubborn = Stubborn()
    app = make_app(mounted(stubborn, as_map))

    async def run() -> None:
        await asyncio.wait_for(app.update().result(), 60)

    run_in_virtual_time(run())
    assert stubborn.swallowed == 1
    assert told_once(caplog)


def test_a_component_that_it_is_in_is_removed(make_app: Any, as_map: bool, caplog: Any) -> None:
    stubborn, feed = Stubborn(), Feed()
    child = mounted(stubborn, as_map)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, feed)

    async def run() -> None:
        async with live(make_app(main)):
            await feed.update(1, 1)
            await asyncio.wait_for(feed.delete(1), 60)
            assert stubborn.swallowed == 1
            assert told_once(caplog)

    run_in_virtual_time(run())


def test_a_live_update_is_cancelled(make_app: Any, as_map: bool, caplog: Any) -> None:
    stubborn = Stubborn()

    async def run() -> None:
        async with live(make_app(mounted(stubborn, as_map))) as update:
            update.result.cancel()
            done, _ = await asyncio.wait([update.result], timeout=60)
            assert done

    run_in_virtual_time(run())
    assert stubborn.swallowed == 1
    assert told_once(caplog)


def left_behind(caplog: Any) -> bool:
    return len([record for record in caplog.records if "it is abandoned" in record.getMessage()]) == 1


def test_a_catch_up_update_ends_without_it(make_app: Any, as_map: bool, caplog: Any) -> None:
    endless = Endless()
    app = make_app(mounted(endless, as_map))

    async def run() -> None:
        await asyncio.wait_for(app.update().result(), 60)
        await endless.ends()

    run_in_virtual_time(run())
    assert told_once(caplog) and left_behind(caplog)


def test_a_component_that_it_is_in_is_removed_without_it(make_app: Any, as_map: bool, caplog: Any) -> None:
    endless, feed = Endless(), Feed()
    child = mounted(endless, as_map)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, feed)

    async def run() -> None:
        async with live(make_app(main)):
            await feed.update(1, 1)
            await asyncio.wait_for(feed.delete(1), 60)
            await endless.ends()
            await asyncio.wait_for(feed.update(2, 2), 60)
            endless.done.set()

    run_in_virtual_time(run())
    assert left_behind(caplog)


def test_a_live_update_is_cancelled_without_it(make_app: Any, as_map: bool, caplog: Any) -> None:
    endless = Endless()

    async def run() -> None:
        app = make_app(mounted(endless, as_map))
        async with live(app) as update:
            update.result.cancel()
            done, _ = await asyncio.wait([update.result], timeout=60)
            assert done and update.result.cancelled()
        task = endless.task
        await endless.ends()
        assert task is endless.task
        await asyncio.wait_for(app.update().result(), 60)

    run_in_virtual_time(run())
    assert told_once(caplog) and left_behind(caplog)


def test_a_live_update_makes_way_without_it(make_app: Any, as_map: bool, caplog: Any) -> None:
    endless = Endless()

    async def run() -> None:
        app = make_app(mounted(endless, as_map))
        async with live(app) as update:
            await asyncio.wait_for(app.drop().result(), 60)
            assert update.result.done()
        await endless.ends()

    run_in_virtual_time(run())
    assert left_behind(caplog)

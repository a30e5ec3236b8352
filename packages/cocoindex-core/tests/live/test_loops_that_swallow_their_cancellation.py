"""A loop that goes on though it was cancelled is told of, and cancelled again: one that swallows that once ends."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import cocoindex as coco
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

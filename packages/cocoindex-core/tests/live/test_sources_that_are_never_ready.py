"""A source that never says that it is ready is named, once nothing of it is under way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time

from .conftest import Told
from .driven import View, live

FORGOTTEN = "waits for its mark_ready()"


async def note(value: Any) -> None: ...


class Source(View):
    """Takes its time for each item, and says that it is ready or does not."""

    def __init__(self, marks: bool, pause: float) -> None:
        super().__init__({1: 1, 2: 2})
        self.marks = marks
        self.pause = pause
        self.listed = self.wait

    async def wait(self, _: Any) -> None:
        await asyncio.sleep(self.pause)

    async def watch(self, subscriber: Any) -> None:
        await subscriber.update_all()
        if self.marks:
            await subscriber.mark_ready()
        await asyncio.sleep(10_000)


@pytest.mark.parametrize("goes_on", [True, False])
def test_it_is_told_once(make_app: Any, caplog: pytest.LogCaptureFixture, goes_on: bool) -> None:
    async def run() -> None:
        @coco.fn
        async def main() -> None:
            await coco.mount_each(note, Source(marks=False, pause=0))

        update = asyncio.ensure_future(make_app(main).update(live=goes_on).result())
        await asyncio.sleep(1000)
        update.cancel()
        await asyncio.wait([update])

    run_in_virtual_time(run())
    texts = [record.getMessage() for record in caplog.records]
    assert [text for text in texts if FORGOTTEN in text] == texts
    assert len(texts) == 1 and "live map /@note " in texts[0]


def test_one_that_has_told_what_it_waits_for_is_not_told(
    make_app: Any, told: list[Told], caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(Source):
        async def watch(self, subscriber: Any) -> None:
            await subscriber.report_exception(OSError("a part cannot be listed"))
            await super().watch(subscriber)

    async def run() -> None:
        @coco.fn
        async def main() -> None:
            await coco.mount_each(note, Failing(marks=False, pause=0))

        async with live(make_app(main), wait=False):
            await asyncio.sleep(1000)

    run_in_virtual_time(run())
    assert [str(one.error) for one in told] == ["a part cannot be listed"]
    assert caplog.text == ""


def test_one_that_takes_long_is_not_told(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        @coco.fn
        async def main() -> None:
            await coco.mount_each(note, Source(marks=True, pause=400))

        async with live(make_app(main)):
            await asyncio.sleep(1000)

    run_in_virtual_time(run())
    assert caplog.text == ""

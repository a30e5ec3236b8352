"""In a live update, `auto_refresh` runs its function again and again, each time from nothing."""

from __future__ import annotations

import asyncio
import datetime
import logging
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import live

SOON = datetime.timedelta(milliseconds=1)


class Rows:
    """What a function finds each time that it runs; it runs when a test lets it."""

    def __init__(self) -> None:
        self.target = RecordingTarget()
        self.found: asyncio.Queue[Any] = asyncio.Queue()
        self.began: asyncio.Queue[None] = asyncio.Queue()
        self.running = 0

    async def sync(self, prefix: str) -> None:
        self.running += 1
        assert self.running == 1, "two runs overlap"
        self.began.put_nowait(None)
        found = await self.found.get()
        self.running -= 1
        if isinstance(found, Exception):
            raise found
        for name in found:
            self.target.declare(prefix + name, "there")

    async def next_run(self, found: Any) -> None:
        """Have the run that waits find this, and wait until the one after it has begun."""
        self.found.put_nowait(found)
        await self.began.get()


def run(make_app: Any, test: Any, fn: Any = None) -> None:
    async def main() -> None:
        rows = Rows()

        @coco.fn
        async def mounts() -> None:
            await coco.mount(coco.auto_refresh(fn or rows.sync, interval=SOON), "user ")

        await test(rows, make_app(mounts))

    asyncio.run(main())


def test_what_a_run_declares_no_more_is_removed(make_app: Any) -> None:
    async def test(rows: Rows, app: Any) -> None:
        async with live(app, wait=False) as update:
            await rows.began.get()
            await rows.next_run(["ann", "bob"])
            await update.ready()
            assert set(rows.target.data) == {"user ann", "user bob"}
            await rows.next_run(["bob", "cid"])
            assert set(rows.target.data) == {"user bob", "user cid"}
            await rows.next_run([])
            assert rows.target.data == {}

    run(make_app, test)


def test_a_failed_run_is_told_and_changes_nothing(make_app: Any) -> None:
    told: list[str] = []

    async def test(rows: Rows, app: Any) -> None:
        async with live(app, wait=False):
            await rows.began.get()
            await rows.next_run(["ann"])
            await rows.next_run(ValueError("no server"))
            assert set(rows.target.data) == {"user ann"}
            await rows.next_run(["bob"])
            assert set(rows.target.data) == {"user bob"}

    async def main() -> None:
        rows = Rows()

        @coco.fn
        async def mounts() -> None:
            async with coco.exception_handler(lambda error, where: told.append(f"{where.stable_path}: {error}")):
                await coco.mount(coco.auto_refresh(rows.sync, interval=SOON), "user ")

        await test(rows, make_app(mounts))

    asyncio.run(main())
    assert told == ["/@sync: no server"]


def test_switching_between_live_and_not_keeps_what_it_declared(make_app: Any) -> None:
    async def test(rows: Rows, app: Any) -> None:
        rows.found.put_nowait(["ann"])
        await app.update()
        rows.target.take()
        await rows.began.get()
        async with live(app, wait=False) as update:
            await rows.began.get()
            await rows.next_run(["ann"])
            await update.ready()
        rows.running = 0
        rows.found.put_nowait(["ann"])
        await app.update()
        assert rows.target.take() == []

    run(make_app, test)


class Stamped:
    """An argument that can say that it has changed."""

    def __coco_memo_key__(self) -> object:
        return "stamped"

    def __coco_memo_state__(self, previous: object) -> coco.MemoStateOutcome:
        return coco.MemoStateOutcome(state=1, memo_valid=True)


@pytest.mark.parametrize(("argument", "warns"), [("plain", True), (Stamped(), False)])
def test_a_function_that_would_be_skipped_each_time_is_named(
    make_app: Any, caplog: pytest.LogCaptureFixture, argument: Any, warns: bool
) -> None:
    @coco.fn(memo=True)
    async def sync(argument: Any) -> None:
        """Runs once."""

    @coco.fn
    async def mounts() -> None:
        await coco.mount(coco.auto_refresh(sync, interval=SOON), argument)

    async def main() -> None:
        async with live(make_app(mounts)):
            pass
        await make_app(mounts, name="other").update()

    with caplog.at_level(logging.WARNING, "cocoindex"):
        asyncio.run(main())
    assert ["refreshes nothing: sync is memoized" in record.message for record in caplog.records] == [True] * warns

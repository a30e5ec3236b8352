"""Where the disk of the store is full for a while, a live update says so, waits, and goes on; nothing is lost."""

from __future__ import annotations

import asyncio
import pathlib
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import StoreFullError
from cocoindex.testing import RecordingTarget

from .driven import Feed, Live, View, live

PATIENCE_SECONDS = 60.0
FILL = "fill"


@pytest.fixture
def disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A file system of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small file system is not permitted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: pathlib.Path) -> None:
    with suppress(OSError), open(disk / FILL, "wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


class Program:
    """An app whose store is on the small disk; its target is not."""

    def __init__(self, disk: pathlib.Path, source: Any) -> None:
        self.disk = disk
        self.target = RecordingTarget()
        self.told: list[BaseException] = []
        self.source = source

    @asynccontextmanager
    async def app(self) -> AsyncIterator[coco.App[[], Any]]:
        async def keep(value: Any) -> None:
            self.target.declare(value, value)

        @coco.fn
        async def main() -> str:
            await coco.mount_each(keep, self.source)
            return "done"

        environment = coco.Environment(
            coco.Settings(db_path=self.disk / "store"), exception_handler=lambda error, _: self.told.append(error)
        )
        try:
            yield coco.App(coco.AppConfig("app", environment=environment), main)
        finally:
            environment.close()

    async def until(self, update: Live, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for _ in update.handle.watch():
                if holds():
                    return


def many(first: int, last: int) -> dict[Any, Any]:
    """Items of which two megabytes hold few."""
    return {str(number): str(number) * 300 for number in range(first, last)}


def test_it_goes_on_when_there_is_room(disk: pathlib.Path) -> None:
    view = View({})
    program = Program(disk, view)

    async def run() -> None:
        async with program.app() as app, live(app) as update:
            view.items.update(many(1000, 1010))
            fill(disk)
            told = asyncio.ensure_future(
                view.do(lambda subscriber: subscriber.update_many(list(view.items.items())))  # which may be cut off
            )
            await program.until(update, lambda: program.told)
            told.cancel()
            view.items.update(many(1010, 1020))
            del view.items["1000"]
            (disk / FILL).unlink()
            await program.until(update, lambda: program.target.data == {value: value for value in view.items.values()})
            assert [type(error) for error in program.told] == [StoreFullError]
            assert not update.result.done()
            for key, value in many(2000, 2003).items():
                view.items[key] = value
                await view.update(key, value)
            assert program.target.data == {value: value for value in view.items.values()}
            view.end()
            assert await update.result == "done"
            program.told.clear()
            await app.update()  # what is stored is whole
        assert program.target.data == {value: value for value in view.items.values()}
        assert program.told == []

    asyncio.run(run())


def test_it_ends_where_it_is_stopped_meanwhile(disk: pathlib.Path) -> None:
    feed = Feed()
    program = Program(disk, feed)

    async def run() -> None:
        async with program.app() as app, live(app) as update:
            fill(disk)
            told = asyncio.ensure_future(
                feed.do(lambda subscriber: subscriber.update_many(list(many(1000, 1010).items())))
            )
            await program.until(update, lambda: program.told)
            told.cancel()
            update.result.cancel()
            with pytest.raises(asyncio.CancelledError):
                await update.result

    asyncio.run(run())


def test_it_makes_way_for_another_update_meanwhile(disk: pathlib.Path) -> None:
    view = View({})
    program = Program(disk, view)

    async def run() -> None:
        async with program.app() as app, live(app) as update:
            view.items.update(many(1000, 1010))
            fill(disk)
            told = asyncio.ensure_future(
                view.do(lambda subscriber: subscriber.update_many(list(view.items.items())))  # which may be cut off
            )
            await program.until(update, lambda: program.told)
            told.cancel()
            (disk / FILL).unlink()
            await app.update()
            assert program.target.data == {value: value for value in view.items.values()}
            with suppress(StoreFullError):
                assert await update.result == "done"

    asyncio.run(run())


def test_what_cannot_start_says_so(disk: pathlib.Path) -> None:
    view = View({})
    program = Program(disk, view)

    async def run() -> None:
        async with program.app() as app:
            await app.update()
            fill(disk)
            view.items.update(many(1000, 1010))
            with pytest.raises(StoreFullError):
                await app.update(live=True).result()

    asyncio.run(run())

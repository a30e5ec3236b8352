"""An app that copies a folder, updated live: the copy follows; with and without live, the same runs again or not."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

from .recorder import PATIENCE, in_loop

SOURCE = coco.ContextKey[Path]("source")
OUTPUT = coco.ContextKey[Path]("output")

ran: list[str] = []


@coco.fn(memo=True)
async def copy(file: localfs.File, target: localfs.DirTarget) -> None:
    name = file.file_path.as_posix()
    ran.append(name)
    target.declare_file(name, await file.read(), create_parent_dirs=True)


@coco.fn
async def main(live: bool) -> None:
    target = await localfs.mount_dir_target(OUTPUT)
    await coco.mount_each(copy, localfs.walk_dir(SOURCE, recursive=True, live=live).items(), target)


class Copying:
    """An app on the folders `source` and `output`; each run is in an environment of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source, self.output = folder / "source", folder / "output"
        self.failures: list[str] = []

    def files(self, folder: Path) -> dict[str, str]:
        found = {}
        for directory, _, names in os.walk(folder):  # which passes over what is just being removed
            for name in names:
                path = Path(directory, name)
                with suppress(OSError):
                    if not name.startswith(".coco-"):
                        found[path.relative_to(folder).as_posix()] = path.read_text()
        return found

    async def once(self, live: bool = True) -> None:
        """Update in the way that ends."""
        async with self._app(live) as app:
            await app.update()

    @asynccontextmanager
    async def updated(self) -> AsyncIterator[Running]:
        """Update live; ready when it begins, ended after it."""
        async with self._app(True) as app:
            running = Running(self, app.update(live=True))
            await running.until(lambda: running.is_ready)
            yield running
            await running.end()

    @asynccontextmanager
    async def _app(self, live: bool) -> AsyncIterator[coco.App[Any, Any]]:
        context = coco.ContextProvider()
        context.provide(SOURCE, self.source)
        context.provide(OUTPUT, self.output)
        environment = coco.Environment(
            coco.Settings(db_path=self.folder / "store"),
            context_provider=context,
            exception_handler=lambda error, _: self.failures.append(str(error)),
        )
        try:
            yield coco.App(coco.AppConfig("app", environment=environment), main, live)
        finally:
            environment.close()


class Running:
    """A live update."""

    def __init__(self, copying: Copying, handle: Any) -> None:
        self._copying = copying
        self._task = asyncio.ensure_future(self._follow(handle))
        self._news = asyncio.Event()
        self.is_ready = False

    async def until_copied(self) -> None:
        """Wait until the output is what the source is."""
        copying = self._copying
        await self.until(lambda: copying.files(copying.output) == copying.files(copying.source))

    async def until(self, holds: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    assert not self._task.done() or self._task.result()
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self._copying.files(self._copying.output)}, {self._copying.failures}") from None

    async def end(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _follow(self, handle: Any) -> None:
        result = asyncio.ensure_future(handle.result())
        try:
            async for snapshot in handle.watch():
                self.is_ready = self.is_ready or snapshot.status is coco.UpdateStatus.READY
                self._news.set()
        finally:
            result.cancel()
            with suppress(asyncio.CancelledError):
                await result


@pytest.fixture
def copying(tmp_path: Path) -> Copying:
    ran.clear()
    (tmp_path / "source/d").mkdir(parents=True)
    for name in ("a", "b", "d/c"):
        (tmp_path / "source" / name).write_text("1")
    return Copying(tmp_path)


@in_loop
async def test_each_change_is_copied(copying: Copying) -> None:
    source = copying.source
    async with copying.updated() as running:
        await running.until_copied()
        (source / "a").write_text("2")
        await running.until_copied()
        (source / "new").write_text("2")
        await running.until_copied()
        (source / "b").unlink()
        await running.until_copied()
        (source / "e/f").mkdir(parents=True)
        (source / "e/f/g").write_text("3")
        await running.until_copied()
        (source / "d").rename(source / "x")
        await running.until_copied()
        shutil.rmtree(source / "e")
        await running.until_copied()
    assert copying.failures == []


@in_loop
async def test_many_at_once(copying: Copying) -> None:
    async with copying.updated() as running:
        for number in range(300):
            (copying.source / f"d/{number}").write_text(f"{number}")
        await running.until_copied()
        (copying.source / "d").rename(copying.source / "e")
        await running.until_copied()
        for number in range(0, 300, 2):
            (copying.source / f"e/{number}").unlink()
        await running.until_copied()


@in_loop
async def test_nothing_runs_again_when_it_is_switched(copying: Copying) -> None:
    await copying.once(live=False)
    assert sorted(ran) == ["a", "b", "d/c"]
    await copying.once(live=True)
    async with copying.updated() as running:
        (copying.source / "a").write_text("2")
        await running.until_copied()
    await copying.once(live=True)
    await copying.once(live=False)
    assert sorted(ran) == ["a", "a", "b", "d/c"]


@in_loop
async def test_what_happened_while_it_did_not_run(copying: Copying) -> None:
    async with copying.updated():
        pass
    (copying.source / "a").write_text("2")
    (copying.source / "b").unlink()
    (copying.source / "d/new").write_text("2")
    async with copying.updated():
        assert copying.files(copying.output) == copying.files(copying.source)


@in_loop
async def test_the_source_goes_and_comes_back(copying: Copying) -> None:
    async with copying.updated() as running:
        await running.until_copied()
        before = copying.files(copying.output)
        other = copying.source.rename(copying.folder / "other")
        (other / "a").write_text("2")
        (other / "b").unlink()
        assert copying.files(copying.output) == before
        other.rename(copying.source)
        await running.until_copied()
    assert copying.failures == []

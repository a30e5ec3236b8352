"""A process has one inotify instance while it watches anything, one watch a directory, no thread, and no rest after."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from cocoindex.connectors.localfs._watch.hub import HUB

from .recorder import in_loop, watching

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")


def instances() -> list[int]:
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            if "inotify" in os.readlink(f"/proc/self/fd/{name}"):
                found.append(int(name))
        except OSError:
            pass
    return found


@in_loop
async def test_many_watch_the_same(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    assert not instances()
    async with watching(tmp_path) as first:
        async with watching(tmp_path) as second, watching(tmp_path / "d") as third:
            assert len(instances()) == 1
            assert HUB.size() == 2
            (tmp_path / "d/a").write_text("1")
            for seen, key in ((first, "d/a"), (second, "d/a"), (third, "a")):
                await seen.until_keys(key)
        assert HUB.size() == 2
        (tmp_path / "d/b").write_text("1")
        await first.until_keys("d/a", "d/b")
    assert not instances()
    assert HUB.size() == 0


def test_several_loops(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    ready = threading.Barrier(2)
    done = threading.Barrier(2)

    def other() -> None:
        asyncio.run(watch("other"))

    async def watch(name: str) -> None:
        loop = asyncio.get_running_loop()
        async with watching(tmp_path) as seen:
            await loop.run_in_executor(None, ready.wait, 20)
            (tmp_path / "d" / name).write_text("1")
            await seen.until_keys("d/main", "d/other")
            await loop.run_in_executor(None, done.wait, 20)

    thread = threading.Thread(target=other)
    thread.start()
    asyncio.run(watch("main"))
    thread.join()
    assert not instances()


class Leaving:
    """Watches a directory, and does not say when it leaves."""

    only = None
    closed = False

    def __init__(self, folder: Path) -> None:
        self.owner = self
        self.loop = asyncio.get_running_loop()
        HUB.join(self)
        HUB.watch(str(folder), self)

    def told(self, mask: int, name: str) -> None:
        raise AssertionError

    def lost(self) -> None:
        raise AssertionError


async def leave(folder: Path) -> None:
    Leaving(folder)


async def watch_again(folder: Path) -> None:
    async with watching(folder) as seen:
        (folder / "a").write_text("1")
        await seen.until_keys("a")
        assert len(instances()) == 1
        assert HUB.size() == 1


def test_a_loop_that_was_closed_under_a_watch(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    asyncio.run(leave(tmp_path))
    asyncio.run(watch_again(other))
    assert not instances()


@in_loop
async def test_a_forked_child_leaves_it_alone(tmp_path: Path) -> None:
    async with watching(tmp_path) as seen:
        child = os.fork()
        if child == 0:
            os._exit(len(instances()) + HUB.size())
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        (tmp_path / "a").write_text("1")
        await seen.until_keys("a")


@in_loop
async def test_no_thread_of_its_own(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    async with watching(tmp_path) as seen:
        (tmp_path / "a").write_text("1")
        await seen.until_keys("a")
        assert all(thread.name.startswith("asyncio_") for thread in set(threading.enumerate()) - before)

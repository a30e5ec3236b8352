"""Where there is no inotify, watchdog watches; its own way of watching Linux stands in for others here."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from cocoindex.connectors.localfs._watch import polls, session
from cocoindex.connectors.localfs._watch.observed import Observed

from .recorder import in_loop, watching

# watchdog warns of a directory that it sees twice: as new itself, and in one that is new. Where warnings are errors,
# that ends its thread.
pytestmark = pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")


@pytest.fixture(autouse=True)
def without_inotify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "watcher_for", Observed)


@in_loop
async def test_files(tmp_path: Path) -> None:
    async with watching(tmp_path) as seen:
        (tmp_path / "a").write_text("1")
        await seen.until_files(a="1")
        (tmp_path / "a").write_text("2")
        await seen.until_files(a="2")
        (tmp_path / "a").rename(tmp_path / "b")
        await seen.until_files(b="2")
        (tmp_path / "b").unlink()
        await seen.until_files()


@in_loop
async def test_directories(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    async with watching(tmp_path) as seen:
        (tmp_path / "e/f").mkdir(parents=True)
        (tmp_path / "e/f/b").write_text("1")
        await seen.until_keys("d/a", "e/f/b")
        (tmp_path / "e").rename(tmp_path / "d/g")
        await seen.until_keys("d/a", "d/g/f/b")
        (tmp_path / "d").rename(tmp_path.with_name(f"{tmp_path.name}-d"))
        await seen.until_keys()
        (tmp_path / "x/y").mkdir(parents=True)
        for name in ("x/c", "x/y/c"):
            (tmp_path / name).write_text("1")
        await seen.until_keys("x/c", "x/y/c")
        shutil.rmtree(tmp_path / "x/y")
        await seen.until_keys("x/c")


@in_loop
async def test_the_root_goes_and_comes_back(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").write_text("1")
    async with watching(root) as seen:
        root.rename(tmp_path / "other")
        await seen.until(lambda: seen.notes)
        assert seen.files == {"a": "1"}
        (tmp_path / "other").rename(root)
        (root / "b").write_text("1")
        await seen.until_keys("a", "b")


@in_loop
async def test_a_link_to_a_directory_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "INTERVAL", 0.01)
    (tmp_path / "root").mkdir()
    (tmp_path / "d").mkdir()
    (tmp_path / "root/link").symlink_to("../d")
    async with watching(tmp_path / "root") as seen:
        (tmp_path / "d/a").write_text("1")
        await seen.until_keys("link/a")


def observers() -> int:
    return sum(type(thread).__name__.endswith("Observer") for thread in threading.enumerate())


@in_loop
async def test_one_observer_watches_all(tmp_path: Path) -> None:
    async with watching(tmp_path) as first:
        async with watching(tmp_path) as second:
            assert observers() == 1
            (tmp_path / "a").write_text("1")
            await first.until_keys("a")
            await second.until_keys("a")
        (tmp_path / "b").write_text("1")
        await first.until_keys("a", "b")

"""What cannot be listed or looked at is kept as it is known, and found again when it can."""

from __future__ import annotations

import asyncio
import datetime
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from cocoindex.connectors.localfs._watch import scans, unseen
from cocoindex.connectors.localfs._watch.dirty import What
from cocoindex.connectors.localfs.errors import UnreadableDirectoryError

from .recorder import PATIENCE, in_loop, watching
from .unprivileged import a_folder, without_privileges

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX")


@pytest.fixture
def folder() -> Iterator[Path]:
    with a_folder() as folder, without_privileges():
        yield folder


NotSeen = Callable[..., Awaitable[None]]


@pytest.fixture
def not_seen(monkeypatch: pytest.MonkeyPatch) -> NotSeen:
    """Waits until these paths were found to have changed, and could not be looked at."""
    found: set[str] = set()
    news = asyncio.Event()
    add = unseen.Unseen.add

    def added(self: unseen.Unseen, key: str, what: What) -> None:
        found.add(key)
        news.set()
        add(self, key, what)

    async def wait(*keys: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not found.issuperset(keys):
                news.clear()
                await news.wait()

    monkeypatch.setattr(unseen.Unseen, "add", added)
    return wait


@in_loop
async def test_of_a_directory(folder: Path) -> None:
    (folder / "d").mkdir()
    for name in ("a", "b"):
        (folder / "d" / name).write_text("1")
    async with watching(folder) as seen:
        with open(folder / "d/a", "w") as file:
            (folder / "d").chmod(0)
            file.write("2")  # an event of what cannot be looked at
        (folder / "c").write_text("1")
        await seen.until(lambda: "c" in seen.files)
        assert sorted(seen.files) == ["c", "d/a", "d/b"]
        (folder / "d").chmod(0o700)
        (folder / "d/d").write_text("3")
        await seen.until_files(**{"c": "1", "d/a": "2", "d/b": "1", "d/d": "3"})


@in_loop
async def test_of_a_directory_from_which_files_are_removed_meanwhile(folder: Path) -> None:
    (folder / "d/e").mkdir(parents=True)
    for name in ("d/e/a", "d/e/b"):
        (folder / name).write_text("1")
    held = os.open(folder / "d/e", os.O_RDONLY)
    async with watching(folder) as seen:
        (folder / "d").chmod(0)
        os.unlink("a", dir_fd=held)
        (folder / "c").write_text("1")
        await seen.until_keys("c", "d/e/a", "d/e/b")
        (folder / "d").chmod(0o700)
        (folder / "d/x").write_text("1")
        await seen.until(lambda: "d/x" in seen.files)
        await seen.until_keys("c", "d/e/b", "d/x")
    os.close(held)


@in_loop
@pytest.mark.parametrize("closed", ["", "d"], ids=["the root", "above"])
async def test_of_a_directory_above_what_changes(folder: Path, not_seen: NotSeen, closed: str) -> None:
    """What is told of files in it is kept until they can be looked at."""
    root = folder / "root"
    (root / "d/e").mkdir(parents=True)
    for name in ("d/e/a", "d/e/b"):
        (root / name).write_text("1")
    held = os.open(root / "d/e", os.O_RDONLY)
    async with watching(root) as seen:
        with open(root / "d/e/a", "w") as file:
            (root / closed).chmod(0)
            file.write("2")
        os.unlink("b", dir_fd=held)
        os.close(os.open("c", os.O_CREAT | os.O_WRONLY, dir_fd=held))
        await not_seen("d/e/a", "d/e/b", "d/e/c")
        assert seen.files == {"d/e/a": "1", "d/e/b": "1"}
        (root / closed).chmod(0o700)
        await seen.until_files(**{"d/e/a": "2", "d/e/c": ""})
    os.close(held)


@in_loop
async def test_of_a_directory_elsewhere_that_a_link_leads_to(
    folder: Path, not_seen: NotSeen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing tells when they are back."""
    monkeypatch.setattr(unseen, "FIRST_PAUSE", 0.01)
    (folder / "root").mkdir()
    (folder / "other/d").mkdir(parents=True)
    (folder / "other/d/a").write_text("1")
    (folder / "root/a").symlink_to(folder / "other/d/a")
    async with watching(folder / "root") as seen:
        with open(folder / "other/d/a", "w") as file:
            (folder / "other").chmod(0)
            file.write("2")
        await not_seen("a")
        assert seen.files == {"a": "1"}
        (folder / "other").chmod(0o700)
        await seen.until_files(a="2")


@in_loop
async def test_of_a_directory_that_appears(folder: Path) -> None:
    async with watching(folder) as seen:
        (folder / "d").mkdir(mode=0)
        (folder / "a").write_text("1")
        await seen.until_keys("a")
        (folder / "d").chmod(0o700)
        (folder / "d/b").write_text("1")
        await seen.until_keys("a", "d/b")


@in_loop
async def test_of_a_part_of_a_directory_that_takes_the_place_of_another(folder: Path) -> None:
    """Nobody can say what is in there, so that nothing is removed, until it can be listed."""
    for name in ("root/d/e/a", "root/d/e/b", "root/d/f", "new/e/a"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name.partition("/")[0])
    async with watching(folder / "root") as seen:
        (folder / "new/e").chmod(0)
        (folder / "root/d").rename(folder / "old")
        (folder / "new").rename(folder / "root/d")
        await seen.until(lambda: seen.made("walk failed"))
        assert sorted(seen.files) == ["d/e/a", "d/e/b", "d/f"]
        (folder / "root/d/e").chmod(0o700)
        await seen.until_files(**{"d/e/a": "new"})


@in_loop
async def test_of_the_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "FIRST_PAUSE", 0.01)
    root = folder / "root"
    root.mkdir()
    (root / "a").write_text("1")
    async with watching(root, rescan_interval=datetime.timedelta(seconds=0.05)) as seen:
        root.chmod(0)
        await seen.until(lambda: seen.made("walk failed"))
        assert seen.files == {"a": "1"}
        root.chmod(0o700)
        (root / "b").write_text("1")
        await seen.until_keys("a", "b")


@in_loop
async def test_before_all_was_walked_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "FIRST_PAUSE", 0.01)
    (folder / "d").mkdir(mode=0)
    async with watching(folder, wait=False) as seen:
        await seen.until(lambda: seen.failures)
        (folder / "a").write_text("1")
        await seen.until_keys("a")
        await seen.until(lambda: seen.made("walk failed") > 2)
        assert not seen.is_ready
        assert [type(failure) for failure in seen.failures] == [UnreadableDirectoryError]
        (folder / "d").chmod(0o700)
        (folder / "d/b").write_text("1")
        await seen.until(lambda: seen.is_ready)
        await seen.until_keys("a", "d/b")

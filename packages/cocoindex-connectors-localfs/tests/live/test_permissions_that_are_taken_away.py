"""What cannot be listed or looked at is kept as it is known, and found again when it can."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cocoindex.connectors.localfs._watch import scans
from cocoindex.connectors.localfs.errors import UnreadableDirectoryError

from .recorder import in_loop, watching
from .unprivileged import a_folder, without_privileges

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX")


@pytest.fixture
def folder() -> Iterator[Path]:
    with a_folder() as folder, without_privileges():
        yield folder


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

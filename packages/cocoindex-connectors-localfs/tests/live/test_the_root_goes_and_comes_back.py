"""While the walked directory is gone nothing counts as removed; when it is back, all is compared and watched again."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .recorder import Recorder, in_loop, watching


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "above/folder"
    (folder / "d").mkdir(parents=True)
    (folder / "d/a").write_text("1")
    return folder


def told(seen: Recorder, text: str) -> int:
    return sum(note.startswith(f"the directory {text}") for note in seen.notes)


async def gone(seen: Recorder) -> None:
    await seen.until(lambda: told(seen, "is missing"))
    assert sorted(seen.files) == ["d/a"]


async def back(seen: Recorder, folder: Path) -> None:
    await seen.until(lambda: told(seen, "is back"))
    (folder / "d/new").write_text("1")
    await seen.until(lambda: "d/new" in seen.files)
    assert told(seen, "is missing") == told(seen, "is back") == 1


@in_loop
async def test_renamed(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with watching(folder) as seen:
        other = folder.rename(folder.with_name("other"))
        await gone(seen)
        (other / "d/b").write_text("1")
        other.rename(folder)
        await back(seen, folder)
        assert sorted(seen.files) == ["d/a", "d/b", "d/new"]
    told = [(record.name.split(".")[:3], record.levelno) for record in caplog.records]
    assert told == [(["cocoindex", "connectors", "localfs"], logging.WARNING)] * 2
    assert all(str(folder) in record.message for record in caplog.records)


@in_loop
async def test_a_directory_above_is_renamed(folder: Path) -> None:
    async with watching(folder) as seen:
        above = folder.parent
        above.rename(above.with_name("other"))
        await gone(seen)
        above.with_name("other").rename(above)
        await back(seen, folder)


@in_loop
async def test_removed_with_all_in_it(folder: Path) -> None:
    async with watching(folder) as seen:
        shutil.rmtree(folder)
        await gone(seen)
        assert not seen.made("delete", "d/a")
        (folder / "d").mkdir(parents=True)
        await back(seen, folder)
        await seen.until_keys("d/new")


@in_loop
async def test_removed_and_made_again_at_once(folder: Path) -> None:
    async with watching(folder) as seen:
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "b").write_text("1")
        await seen.until_keys("b")
        (folder / "c").write_text("1")
        await seen.until_keys("b", "c")


@in_loop
async def test_another_one_takes_the_place(folder: Path) -> None:
    other = folder.with_name("other")
    other.mkdir()
    (other / "b").write_text("1")
    async with watching(folder) as seen:
        folder.rename(folder.with_name("old"))
        other.rename(folder)
        await seen.until_keys("b")
        (folder / "c").write_text("1")
        await seen.until_keys("b", "c")
        (folder.with_name("old") / "d/x").write_text("1")
        (folder / "e").write_text("1")
        await seen.until_keys("b", "c", "e")


@in_loop
async def test_a_link_that_is_switched(folder: Path) -> None:
    other = folder.with_name("other")
    other.mkdir()
    (other / "b").write_text("1")
    link = folder.with_name("link")
    link.symlink_to("folder")
    async with watching(link) as seen:
        assert sorted(seen.files) == ["d/a"]
        new = link.with_name("new")
        new.symlink_to("other")
        os.replace(new, link)
        await seen.until_keys("b")
        (other / "c").write_text("1")
        await seen.until_keys("b", "c")


@in_loop
async def test_a_file_takes_the_place(folder: Path) -> None:
    async with watching(folder) as seen:
        folder.rename(folder.with_name("other"))
        folder.write_text("1")
        await gone(seen)
        folder.unlink()
        folder.with_name("other").rename(folder)
        await back(seen, folder)


def mounted(folder: Path, *options: str) -> bool:
    return subprocess.run(["mount", "-t", "tmpfs", *options, "none", str(folder)], capture_output=True).returncode == 0


@in_loop
async def test_unmounted(tmp_path: Path) -> None:
    folder = tmp_path / "volume"
    folder.mkdir()
    if not mounted(folder):
        pytest.skip("this process must not mount")
    is_mounted = True
    try:
        (folder / "d").mkdir()
        (folder / "d/a").write_text("1")
        async with watching(folder) as seen:
            subprocess.run(["umount", str(folder)], check=True)
            is_mounted = False
            await gone(seen)
            (folder / "beside").write_text("1")
            is_mounted = mounted(folder)
            (folder / "d").mkdir()
            await back(seen, folder)
            await seen.until_keys("d/new")
    finally:
        if is_mounted:
            subprocess.run(["umount", str(folder)], check=True)


@in_loop
async def test_a_directory_in_it_is_unmounted(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    if not mounted(tmp_path / "volume"):
        pytest.skip("this process must not mount")
    (tmp_path / "volume/a").write_text("1")
    (tmp_path / "b").write_text("1")
    async with watching(tmp_path) as seen:
        assert sorted(seen.files) == ["b", "volume/a"]
        subprocess.run(["umount", str(tmp_path / "volume")], check=True)
        await seen.until_keys("b")
        (tmp_path / "volume/c").write_text("1")
        await seen.until_keys("b", "volume/c")

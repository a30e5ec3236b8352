"""A file that is created, written, replaced or removed is told."""

from __future__ import annotations

import os
from pathlib import Path

from .recorder import in_loop, watching


@in_loop
async def test_created(tmp_path: Path) -> None:
    async with watching(tmp_path) as seen:
        (tmp_path / "a").write_text("1")
        await seen.until_files(a="1")


@in_loop
async def test_written_in_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    async with watching(tmp_path) as seen:
        assert seen.files == {"a": "1"}
        (tmp_path / "a").write_text("2")
        await seen.until_files(a="2")


@in_loop
async def test_written_while_it_stays_open(tmp_path: Path) -> None:
    async with watching(tmp_path) as seen:
        with open(tmp_path / "log", "w") as file:
            for text in ("1", "12", "123"):
                file.write(text[-1])
                file.flush()
                await seen.until_files(log=text)


@in_loop
async def test_replaced_by_another_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    async with watching(tmp_path) as seen:
        (tmp_path / "new").write_text("2")
        os.replace(tmp_path / "new", tmp_path / "a")
        await seen.until_files(a="2")
        assert not seen.made("delete", "a")


@in_loop
async def test_removed(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("1")
    async with watching(tmp_path) as seen:
        (tmp_path / "a").unlink()
        await seen.until_files(b="1")
        assert seen.made("walk") == 1


@in_loop
async def test_renamed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    async with watching(tmp_path) as seen:
        (tmp_path / "a").rename(tmp_path / "b")
        await seen.until_files(b="1")


@in_loop
async def test_its_time_or_mode_is_set(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    async with watching(tmp_path) as seen:
        os.utime(tmp_path / "a", (1, 1))
        await seen.until(lambda: seen.made("update", "a") == 1)
        (tmp_path / "a").chmod(0o600)
        await seen.until(lambda: seen.made("update", "a") == 2)


@in_loop
async def test_a_hard_link(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "outside").write_text("1")
    async with watching(folder) as seen:
        os.link(tmp_path / "outside", folder / "a")
        await seen.until_files(a="1")


@in_loop
async def test_in_a_directory_below(tmp_path: Path) -> None:
    (tmp_path / "d/e").mkdir(parents=True)
    async with watching(tmp_path) as seen:
        (tmp_path / "d/e/a").write_text("1")
        await seen.until_files(**{"d/e/a": "1"})

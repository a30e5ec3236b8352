"""Directories that are made, moved or removed: their files come and go with them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .recorder import Recorder, in_loop, watching


@in_loop
async def test_made_with_files_at_once(tmp_path: Path) -> None:
    async with watching(tmp_path) as seen:
        (tmp_path / "d/e/f").mkdir(parents=True)
        for name in ("d/a", "d/e/b", "d/e/f/c"):
            (tmp_path / name).write_text("1")
        await seen.until_keys("d/a", "d/e/b", "d/e/f/c")
        (tmp_path / "d/e/f/c").write_text("2")
        await seen.until(lambda: seen.files["d/e/f/c"] == "2")


@in_loop
async def test_a_tree_of_many_is_copied_in(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "folder"
    folder.mkdir()
    names = [f"{d}/{e}/{f}" for d in range(5) for e in range(5) for f in range(5)]
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    async with watching(folder) as seen:
        shutil.copytree(source, folder / "copy")
        await seen.until(lambda: seen.files == {f"copy/{name}": name for name in names})


@in_loop
async def test_moved_in(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "d/e").mkdir(parents=True)
    (tmp_path / "d/e/a").write_text("1")
    async with watching(folder) as seen:
        (tmp_path / "d").rename(folder / "d")
        await seen.until_keys("d/e/a")
        (folder / "d/e/b").write_text("1")
        await seen.until_keys("d/e/a", "d/e/b")


@in_loop
async def test_moved_out(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "d/e").mkdir(parents=True)
    (folder / "d/e/a").write_text("1")
    (folder / "b").write_text("1")
    async with watching(folder) as seen:
        (folder / "d").rename(tmp_path / "d")
        await seen.until_keys("b")
        (tmp_path / "d/e/c").write_text("1")
        (folder / "c").write_text("1")
        await seen.until_keys("b", "c")
        assert seen.made("walk") == 1 and seen.made("part", "d/") == 1


@in_loop
async def test_moved_out_where_all_has_to_be_walked_for_that(tmp_path: Path) -> None:
    """A subscriber of another kind may have no way to list a part."""

    class WithoutParts(Recorder):
        update_part = None  # type: ignore[assignment]

    folder = tmp_path / "folder"
    (folder / "d/e").mkdir(parents=True)
    (folder / "d/e/a").write_text("1")
    (folder / "b").write_text("1")
    async with watching(folder, recorder=WithoutParts) as seen:
        (folder / "d").rename(tmp_path / "d")
        await seen.until_keys("b")
        assert seen.made("walk") == 2


@in_loop
async def test_many_are_moved_out_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for n in range(100):
        (folder / f"{n}/e").mkdir(parents=True)
        (folder / f"{n}/e/a").write_text("1")
    (folder / "b").write_text("1")
    async with watching(folder) as seen:
        for n in range(100):
            (folder / f"{n}").rename(tmp_path / f"{n}")
        await seen.until_keys("b")


@in_loop
async def test_renamed(tmp_path: Path) -> None:
    (tmp_path / "d/e").mkdir(parents=True)
    (tmp_path / "d/e/a").write_text("1")
    async with watching(tmp_path) as seen:
        (tmp_path / "d").rename(tmp_path / "x")
        await seen.until_keys("x/e/a")
        (tmp_path / "x/e/a").write_text("2")
        (tmp_path / "x/e/b").write_text("2")
        await seen.until_files(**{"x/e/a": "2", "x/e/b": "2"})
        assert seen.made("walk") == 1


@in_loop
async def test_renamed_and_back(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    async with watching(tmp_path) as seen:
        (tmp_path / "d").rename(tmp_path / "x")
        (tmp_path / "x").rename(tmp_path / "d")
        (tmp_path / "d/b").write_text("1")
        await seen.until_keys("d/a", "d/b")


@in_loop
async def test_two_are_exchanged(tmp_path: Path) -> None:
    for name in ("d/a", "e/b"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("1")
    async with watching(tmp_path) as seen:
        (tmp_path / "d").rename(tmp_path / "x")
        (tmp_path / "e").rename(tmp_path / "d")
        (tmp_path / "x").rename(tmp_path / "e")
        await seen.until_keys("d/b", "e/a")
        (tmp_path / "d/c").write_text("1")
        (tmp_path / "e/c").write_text("1")
        await seen.until_keys("d/b", "d/c", "e/a", "e/c")


@in_loop
async def test_another_one_in_its_place(tmp_path: Path) -> None:
    """As whoever builds a folder aside and exchanges it at the end; nothing else is walked for that."""
    folder = tmp_path / "folder"
    for name in ("folder/d/e/a", "folder/d/both", "folder/c", "new/d/both", "new/d/e/b", "new/d/f/g"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name.partition("/")[0])
    async with watching(folder) as seen:
        (folder / "d").rename(tmp_path / "old")
        (tmp_path / "new/d").rename(folder / "d")
        await seen.until_files(**{"c": "folder", "d/both": "new", "d/e/b": "new", "d/f/g": "new"})
        (tmp_path / "old/e/x").write_text("1")
        (folder / "d/e/y").write_text("2")
        await seen.until(lambda: "d/e/y" in seen.files)
        assert sorted(seen.files) == ["c", "d/both", "d/e/b", "d/e/y", "d/f/g"]
        assert seen.made("walk") == 1


@in_loop
async def test_another_one_in_its_place_again_and_again(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "d").mkdir(parents=True)
    (folder / "c").write_text("1")
    async with watching(folder) as seen:
        for number in range(20):
            (tmp_path / "new/e").mkdir(parents=True)
            (tmp_path / f"new/{number}").write_text(f"{number}")
            (tmp_path / f"new/e/{number}").write_text(f"{number}")
            (folder / "d").rename(tmp_path / f"old{number}")
            (tmp_path / "new").rename(folder / "d")
            if number % 3 == 0:
                await seen.until(lambda: f"d/e/{number}" in seen.files)  # noqa: B023
        await seen.until_files(**{"c": "1", "d/19": "19", "d/e/19": "19"})


@in_loop
async def test_a_link_back_in_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "d").mkdir(parents=True)
    for name in ("d/a", "b"):
        (folder / name).write_text("1")
    async with watching(folder) as seen:
        (folder / "d").rename(tmp_path / "d")
        (folder / "d").symlink_to(".")
        await seen.until_keys("b")


@in_loop
async def test_removed_with_all_in_it(tmp_path: Path) -> None:
    for name in ("d/e/a", "d/b", "c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    async with watching(tmp_path) as seen:
        shutil.rmtree(tmp_path / "d")
        await seen.until_keys("c")
        assert seen.made("walk") == 1
        assert not seen.made("delete", "d")


@in_loop
async def test_removed_and_made_again(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    async with watching(tmp_path) as seen:
        for number in range(5):
            shutil.rmtree(tmp_path / "d")
            (tmp_path / "d").mkdir()
            (tmp_path / f"d/{number}").write_text("1")
        await seen.until_keys("d/4")
        (tmp_path / "d/b").write_text("1")
        await seen.until_keys("d/4", "d/b")


@in_loop
async def test_a_directory_becomes_a_file_and_the_reverse(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    async with watching(tmp_path) as seen:
        shutil.rmtree(tmp_path / "d")
        (tmp_path / "d").write_text("2")
        await seen.until_files(d="2")
        (tmp_path / "d").unlink()
        (tmp_path / "d").mkdir()
        (tmp_path / "d/a").write_text("3")
        await seen.until_files(**{"d/a": "3"})


@in_loop
async def test_a_directory_is_replaced_by_a_file_that_was_moved_there(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    (tmp_path / "new").write_text("2")
    async with watching(tmp_path) as seen:
        (tmp_path / "d").rename(tmp_path.parent / f"{tmp_path.name}-old")
        os.rename(tmp_path / "new", tmp_path / "d")
        await seen.until_files(d="2")

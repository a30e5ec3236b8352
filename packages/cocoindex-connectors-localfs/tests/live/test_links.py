"""What a link leads to is watched, wherever it lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .recorder import in_loop, watching


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


def relink(link: Path, to: str) -> None:
    """Have the link lead elsewhere, in one step."""
    new = link.with_name("new link")
    new.symlink_to(to)
    os.replace(new, link)


@in_loop
async def test_a_file_outside(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.write_text("1")
    (folder / "link").symlink_to("../outside")
    async with watching(folder) as seen:
        assert seen.files == {"link": "1"}
        outside.write_text("2")
        await seen.until_files(link="2")
        (folder.parent / "new").write_text("3")
        os.replace(folder.parent / "new", outside)
        await seen.until_files(link="3")
        outside.unlink()
        await seen.until_files()
        outside.write_text("4")
        await seen.until_files(link="4")


@in_loop
async def test_a_link_that_is_made_later(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.write_text("1")
    async with watching(folder) as seen:
        (folder / "link").symlink_to(outside)
        await seen.until_files(link="1")
        outside.write_text("2")
        await seen.until_files(link="2")


@in_loop
async def test_a_chain(folder: Path) -> None:
    top = folder.parent
    for name in ("a", "b"):
        (top / name).mkdir()
        (top / name / "file").write_text(name)
    (top / "second").symlink_to("a")
    (top / "first").symlink_to("second/file")
    (folder / "link").symlink_to(top / "first")
    async with watching(folder) as seen:
        assert seen.files == {"link": "a"}
        relink(top / "second", "b")
        await seen.until_files(link="b")
        relink(top / "first", "a/file")
        await seen.until_files(link="a")
        (top / "a/file").write_text("new")
        await seen.until_files(link="new")


@in_loop
async def test_a_directory_outside(folder: Path) -> None:
    outside = folder.parent / "outside"
    (outside / "d").mkdir(parents=True)
    (outside / "d/a").write_text("1")
    (folder / "link").symlink_to(outside)
    async with watching(folder) as seen:
        (outside / "d/b").write_text("1")
        await seen.until_keys("link/d/a", "link/d/b")
        outside.rename(folder.parent / "elsewhere")
        await seen.until_keys()
        (folder.parent / "elsewhere").rename(outside)
        await seen.until_keys("link/d/a", "link/d/b")


@in_loop
async def test_a_directory_on_the_way_is_renamed(folder: Path) -> None:
    top = folder.parent / "x"
    (top / "y/z").mkdir(parents=True)
    (top / "y/z/a").write_text("1")
    (folder / "file").symlink_to("../x/y/z/a")
    (folder / "directory").symlink_to(top / "y/z")
    async with watching(folder) as seen:
        assert sorted(seen.files) == ["directory/a", "file"]
        for _ in range(2):
            top.rename(folder.parent / "other")
            await seen.until_keys()
            (folder.parent / "other").rename(top)
            await seen.until_keys("directory/a", "file")


@in_loop
async def test_versions_that_are_switched(folder: Path) -> None:
    for version, files in (("1", "ab"), ("2", "bc")):
        (folder.parent / version).mkdir()
        for name in files:
            (folder.parent / version / name).write_text(version)
    (folder / "now").symlink_to("../1")
    (folder / "b").symlink_to("now/b")
    async with watching(folder) as seen:
        assert seen.files == {"now/a": "1", "now/b": "1", "b": "1"}
        relink(folder / "now", "../2")
        await seen.until_files(**{"now/b": "2", "now/c": "2", "b": "2"})


@in_loop
async def test_a_directory_that_two_paths_lead_to(folder: Path) -> None:
    (folder / "d").mkdir()
    (folder / "link").symlink_to("d")
    async with watching(folder) as seen:
        (folder / "d/a").write_text("1")
        await seen.until_keys("d/a", "link/a")
        (folder / "link").unlink()
        await seen.until_keys("d/a")
        (folder / "d/a").write_text("2")
        await seen.until_files(**{"d/a": "2"})


@in_loop
async def test_links_in_circles(folder: Path) -> None:
    (folder / "d").mkdir()
    (folder / "d/up").symlink_to("..")
    (folder / "self").symlink_to("self")
    async with watching(folder) as seen:
        (folder / "d/a").write_text("1")
        (folder / "other").symlink_to("other")
        (folder / "d/again").symlink_to(".")
        (folder / "b").write_text("1")
        await seen.until_keys("b", "d/a")


@in_loop
async def test_it_leads_nowhere_yet(folder: Path) -> None:
    (folder / "link").symlink_to("../outside")
    async with watching(folder) as seen:
        (folder.parent / "outside").write_text("1")
        await seen.until_files(link="1")

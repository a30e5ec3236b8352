"""A folder that was removed, emptied or replaced by another one is filled again; one that is a link now is refused."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError

if TYPE_CHECKING:
    from .conftest import Project

OUTPUT = coco.ContextKey[Path]("output")
FILES = {"a": "1", "d/b": "2", "inner/c": "3"}


@coco.fn(memo=True)
def declare(target: localfs.DirTarget, name: str, text: str) -> None:
    target.declare_file(name, text, create_parent_dirs=True)


@coco.fn
async def main(files: dict[str, str], path: Path | None = None) -> None:
    target = await localfs.mount_dir_target(OUTPUT if path is None else path)
    inner = await coco.use_mount(coco.component_subpath("inner"), target.declare_dir_target, "inner")
    for name, text in files.items():
        if name.startswith("inner/"):
            await coco.mount(coco.component_subpath(name), declare, inner, name.removeprefix("inner/"), text)
        else:
            await coco.mount(coco.component_subpath(name), declare, target, name, text)


def removed(folder: Path) -> None:
    shutil.rmtree(folder)


def emptied(folder: Path) -> None:
    removed(folder / "inner")
    removed(folder / "d")
    (folder / "a").unlink()


def replaced_by_an_empty_one(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def replaced_by_one_of_the_same_number(folder: Path) -> None:
    """The file system may give the number of a removed directory to the next one."""
    number = folder.stat().st_ino
    shutil.rmtree(folder)
    made = []
    for count in range(20):
        spare = folder.with_name(f"spare{count}")
        spare.mkdir()
        made.append(spare)
        if spare.stat().st_ino == number:
            spare.rename(folder)
            return
    made[0].rename(folder)


def replaced_by_one_with_other_files(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "theirs").write_text("theirs")


def replaced_by_a_copy(folder: Path) -> None:
    folder.rename(folder.with_name("old"))
    shutil.copytree(folder.with_name("old"), folder)


def without_a_subfolder(folder: Path) -> None:
    shutil.rmtree(folder / "d")


def with_an_empty_subfolder(folder: Path) -> None:
    without_a_subfolder(folder)
    (folder / "d").mkdir()


def without_its_inner_folder(folder: Path) -> None:
    shutil.rmtree(folder / "inner")


def with_another_inner_folder(folder: Path) -> None:
    (folder / "inner").rename(folder.with_name("old"))
    (folder / "inner").mkdir()


WAYS = pytest.mark.parametrize(
    "change",
    [
        removed,
        emptied,
        replaced_by_an_empty_one,
        replaced_by_one_of_the_same_number,
        replaced_by_one_with_other_files,
        replaced_by_a_copy,
        without_a_subfolder,
        with_an_empty_subfolder,
        without_its_inner_folder,
        with_another_inner_folder,
    ],
)


@WAYS
@pytest.mark.parametrize("updates", [1, 2])
def test_all_is_written_again(project: Project, change: Callable[[Path], None], updates: int) -> None:
    for _ in range(updates):
        project.update(main, FILES)
    change(project.output)
    theirs = {"theirs": "theirs"} if (project.output / "theirs").exists() else {}
    project.update(main, FILES)
    assert project.failures == []
    assert project.written() == FILES | theirs
    assert project.update(main, FILES).num_unchanged == len(FILES)
    project.update(main, {"a": "one"})
    assert project.written() == {"a": "one"} | theirs


@WAYS
def test_what_is_declared_no_more_meanwhile(project: Project, change: Callable[[Path], None]) -> None:
    project.update(main, FILES)
    change(project.output)
    theirs = {"theirs": "theirs"} if (project.output / "theirs").exists() else {}
    project.update(main, {"a": "1", "new": "4"})
    assert project.failures == []
    assert project.written() == {"a": "1", "new": "4"} | theirs


def test_a_subfolder_that_could_not_be_made_is_not_lost(project: Project) -> None:
    """Nothing else runs again because of it."""
    (project.output / "d").parent.mkdir()
    (project.output / "d").write_text("theirs")
    project.update(main, FILES)
    for _ in range(2):
        assert project.update(main, FILES).num_unchanged == len(FILES) - 1
        assert len(project.failures) == 1
    (project.output / "d").unlink()
    assert project.update(main, FILES).num_unchanged == len(FILES) - 1
    assert project.written() == FILES


def test_files_of_the_same_names_in_another_folder_are_not_ours(project: Project) -> None:
    project.update(main, FILES)
    project.output.rename(project.folder / "old")
    project.output.mkdir()
    for name in ("a", "gone"):
        (project.output / name).write_text("theirs")
    project.update(main, FILES)
    (failure,) = project.failures
    assert "adopt=True" in str(failure) and str(project.output / "a") in str(failure)
    assert project.written() == FILES | {"a": "theirs", "gone": "theirs"}
    project.drop(main, {})
    assert project.written() == {"a": "theirs", "gone": "theirs"}


def test_another_folder_that_is_dropped_at_once_keeps_what_is_not_ours(project: Project) -> None:
    project.update(main, FILES)
    project.output.rename(project.folder / "old")
    project.output.mkdir()
    (project.output / "a").write_text("theirs")
    project.drop(main, {})
    assert project.written() == {"a": "theirs"}
    assert (project.folder / "old/a").read_text() == "1"


@pytest.mark.parametrize("own_path", [False, True])
@pytest.mark.parametrize("place", ["", "inner"])
def test_a_link_in_its_place_is_not_followed(project: Project, place: str, own_path: bool) -> None:
    path = project.output if own_path else None
    project.update(main, FILES, path)
    precious = project.folder / "precious"
    precious.mkdir()
    for name in ("a", "b", "c"):
        (precious / name).write_text("precious")
    before = sorted(precious.iterdir())
    folder = project.output / place if place else project.output
    shutil.rmtree(folder)
    folder.symlink_to(precious)
    for files in (FILES, {"a": "one", "inner/c": "three"}, {}):
        with pytest.raises(FileTargetError, match="link"):
            project.update(main, files, path)
    assert sorted(precious.iterdir()) == before
    project.drop(main, {}, path)
    assert sorted(precious.iterdir()) == before
    assert {name.read_text() for name in precious.iterdir()} == {"precious"}
    assert folder.is_symlink()


def test_a_link_that_was_there_from_the_beginning_is_followed(project: Project) -> None:
    real = project.folder / "real"
    real.mkdir()
    link = project.folder / "link"
    link.symlink_to(real)
    project.update(main, FILES, link)
    assert {path.name for path in real.iterdir()} == {"a", "d", "inner"}
    other = project.folder / "other"
    other.mkdir()
    link.unlink()
    link.symlink_to(other)
    project.update(main, FILES, link)
    assert {path.name for path in other.iterdir()} == {"a", "d", "inner"}
    project.drop(main, {}, link)
    assert list(other.iterdir()) == []
    assert link.is_symlink()


def test_a_link_to_where_the_folder_was_moved_is_followed(project: Project) -> None:
    project.update(main, FILES)
    moved = project.folder / "moved"
    project.output.rename(moved)
    project.output.symlink_to(moved)
    assert project.update(main, FILES).num_unchanged == len(FILES)
    project.update(main, {"a": "one"})
    assert {path.name for path in moved.iterdir()} == {"a", "inner"}


def test_a_file_in_its_place(project: Project) -> None:
    project.update(main, FILES)
    shutil.rmtree(project.output)
    project.output.write_text("theirs")
    with pytest.raises(FileTargetError, match="something that was not declared here has that name"):
        project.update(main, FILES)
    project.drop(main, {})
    assert project.output.read_text() == "theirs"


def test_a_folder_that_is_replaced_while_the_update_is_under_way(project: Project) -> None:
    precious = project.folder / "precious"
    precious.mkdir()

    @coco.fn
    async def racing() -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        os.rename(project.output, project.folder / "old")
        os.symlink(precious, project.output)
        await coco.mount(coco.component_subpath("a"), declare, target, "a", "1")

    project.update(racing)
    (failure,) = project.failures
    assert isinstance(failure, FileTargetError) and "took its place" in str(failure)
    assert list(precious.iterdir()) == []

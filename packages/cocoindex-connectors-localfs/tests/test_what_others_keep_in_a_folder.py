"""What was in a folder before the app came, or was put there by others, stays as it is, whatever becomes of the app."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError

if TYPE_CHECKING:
    from .conftest import Project

Files = dict[str, str]


@coco.fn
def declare(target: localfs.DirTarget, name: str, text: str) -> None:
    target.declare_file(name, text, create_parent_dirs=True)


@coco.fn
async def one(folder: Path | None, files: Files, adopt: bool = False) -> None:
    """A directory target, each file of which has a component of its own."""
    if folder is not None:
        target = await localfs.mount_dir_target(folder, adopt=adopt)
        for name, text in files.items():
            await coco.mount(coco.component_subpath(name), declare, target, name, text)


@coco.fn
async def nested(folder: Path | None, files: Files) -> None:
    """The same, in a directory target of its own in another one."""
    if folder is not None:
        outer = await localfs.mount_dir_target(folder.parent)
        inner = await coco.use_mount(coco.component_subpath("inner"), outer.declare_dir_target, folder.name)
        for name, text in files.items():
            await coco.mount(coco.component_subpath(name), declare, inner, name, text)


@coco.fn
def single(folder: Path | None, files: Files, adopt: bool = False) -> None:
    if folder is not None:
        for name, text in files.items():
            localfs.declare_file(folder / name, text, create_parent_dirs=True, adopt=adopt)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): "/" if path.is_dir() else path.read_text() for path in folder.rglob("*")
    }


@pytest.fixture
def there(project: Project) -> dict[str, str]:
    """What is in the folder beforehand: files, folders, empty ones too."""
    for name in ("top/out/mine.txt", "top/out/sub/mine.txt", "top/out/empty/", "top/out/sub/deep/"):
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True) if name.endswith("/") else path.write_text("mine")
    return tree(project.folder / "top/out")


NEW = {"a": "1", "sub/b": "2", "empty/c": "3", "new/er/d": "4", "sub/deep/e": "5"}
MAINS = pytest.mark.parametrize("main", [one, nested])


@MAINS
@pytest.mark.parametrize("how", ["drop", "no folder", "another folder", "no files", "drop at once"])
def test_a_folder_is_as_it_was_before(project: Project, there: Files, main: object, how: str) -> None:
    folder = project.folder / "top/out"
    project.update(main, folder, NEW)  # type: ignore[arg-type]
    assert project.failures == []
    assert {name: text for name, text in tree(folder).items() if text != "/"} == NEW | {
        "mine.txt": "mine",
        "sub/mine.txt": "mine",
    }
    if how != "drop at once":
        project.update(main, folder, {"a": "1"} | NEW)  # type: ignore[arg-type]
    if how.startswith("drop"):
        project.drop(main, folder, NEW)  # type: ignore[arg-type]
    else:
        elsewhere = {"no folder": None, "another folder": project.folder / "elsewhere/out", "no files": folder}[how]
        project.update(main, elsewhere, {} if how == "no files" else NEW)  # type: ignore[arg-type]
    assert tree(folder) == there


@MAINS
def test_an_empty_folder_that_was_there_stays(project: Project, main: object) -> None:
    (project.folder / "top/out").mkdir(parents=True)
    project.update(main, project.folder / "top/out", NEW)  # type: ignore[arg-type]
    project.drop(main, None, {})  # type: ignore[arg-type]
    assert tree(project.folder / "top/out") == {}


@MAINS
def test_a_folder_of_ours_goes_with_all_that_was_made_in_it(project: Project, main: object) -> None:
    project.update(main, project.folder / "top/out", NEW)  # type: ignore[arg-type]
    project.update(main, project.folder / "top/out", {"new/x": "1"})  # type: ignore[arg-type]
    assert tree(project.folder / "top/out") == {"new": "/", "new/x": "1"}
    project.drop(main, None, {})  # type: ignore[arg-type]
    assert not (project.folder / "top/out").exists()


def test_a_folder_of_ours_stays_while_others_keep_something_in_it(project: Project) -> None:
    folder = project.folder / "top/out"
    project.update(one, folder, NEW)
    (folder / "new/theirs").write_text("theirs")
    (folder / "link").symlink_to("nowhere")
    project.drop(one, None, {})
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*")} == {"new", "new/theirs", "link"}


@pytest.mark.parametrize("main", [one, single])
def test_a_file_that_was_there_is_not_overwritten(project: Project, there: Files, main: object) -> None:
    folder = project.folder / "top/out"
    for full in (False, False, True):
        try:
            project.update(main, folder, {"mine.txt": "ours"}, full_reprocess=full)  # type: ignore[arg-type]
            (failure,) = project.failures
        except FileTargetError as error:
            failure = error
        assert "adopt=True" in str(failure)
        assert tree(folder) == there
    project.drop(main, None, {})  # type: ignore[arg-type]
    assert tree(folder) == there


def test_it_fails_alone(project: Project, there: Files) -> None:
    folder = project.folder / "top/out"
    project.update(one, folder, NEW | {"mine.txt": "ours"})
    assert len(project.failures) == 1
    assert tree(folder).items() >= NEW.items()
    assert (folder / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("main", [one, single])
def test_a_file_that_was_there_just_so_is_left_and_stays(project: Project, there: Files, main: object) -> None:
    folder = project.folder / "top/out"
    before = (folder / "mine.txt").stat()
    for full in (False, False, True):
        project.update(main, folder, {"mine.txt": "mine"}, full_reprocess=full)  # type: ignore[arg-type]
        assert project.failures == []
    after = (folder / "mine.txt").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    project.update(main, None, {})  # type: ignore[arg-type]
    assert tree(folder) == there


def test_it_is_not_ours_either_once_something_else_is_declared(project: Project, there: Files) -> None:
    folder = project.folder / "top/out"
    project.update(one, folder, {"mine.txt": "mine"})
    project.update(one, folder, {"mine.txt": "ours"})
    assert len(project.failures) == 1
    project.drop(one, None, {})
    assert tree(folder) == there


@pytest.mark.parametrize("main", [one, single])
@pytest.mark.parametrize("text", ["mine", "ours"])
def test_a_file_that_is_taken_over_is_ours(project: Project, there: Files, main: object, text: str) -> None:
    folder = project.folder / "top/out"
    project.update(main, folder, {"mine.txt": text}, True)  # type: ignore[arg-type]
    assert project.failures == []
    assert (folder / "mine.txt").read_text() == text
    project.update(main, folder, {}, True)  # type: ignore[arg-type]
    del there["mine.txt"]
    assert tree(folder) == there


def test_a_folder_that_is_taken_over_goes_once_it_is_empty(project: Project) -> None:
    folder = project.folder / "top/out"
    folder.mkdir(parents=True)
    project.update(one, folder, {"a": "1"}, True)
    project.drop(one, None, {})
    assert not folder.exists()


@pytest.mark.parametrize("main", [one, single])
def test_a_file_of_ours_that_somebody_edited_is_written_again(project: Project, main: object) -> None:
    folder = project.folder / "top/out"
    project.update(main, folder, {"a": "1", "b": "2"})  # type: ignore[arg-type]
    (folder / "a").write_text("edited")
    (folder / "b").write_text("edited")
    project.update(main, folder, {"a": "one", "b": "2"})  # type: ignore[arg-type]
    assert tree(folder) == {"a": "one", "b": "edited"}
    project.update(main, folder, {"a": "one", "b": "2"}, full_reprocess=True)  # type: ignore[arg-type]
    assert tree(folder) == {"a": "one", "b": "2"}
    (folder / "a").write_text("edited again")
    project.update(main, folder, {})  # type: ignore[arg-type]
    assert tree(folder) == {}


def test_a_file_that_somebody_put_where_one_of_ours_failed_is_not_removed(project: Project) -> None:
    folder = project.folder / "top/out"
    folder.mkdir(parents=True)
    (folder / "a").mkdir()
    (folder / "a/theirs").touch()
    project.update(one, folder, {"a": "1"})
    assert len(project.failures) == 1
    (folder / "a/theirs").unlink()
    (folder / "a").rmdir()
    (folder / "a").write_text("theirs")
    project.update(one, folder, {})
    assert project.failures == []
    assert tree(folder) == {"a": "theirs"}


def test_a_link_that_took_the_place_of_a_file_keeps_what_it_leads_to(project: Project) -> None:
    precious = project.folder / "precious"
    for main in (one, single):
        folder = project.folder / main.__name__
        project.update(main, folder, {"a": "1", "b": "2"})
        for name in ("a", "b"):
            precious.write_text("precious")
            (folder / name).unlink()
            (folder / name).symlink_to("../precious")
        try:
            project.update(main, folder, {"b": "two"})
        except FileTargetError as error:
            assert "adopt=True" in str(error)
        assert precious.read_text() == "precious"
        project.drop(main, None, {})
        assert precious.read_text() == "precious"


def test_files_of_another_app_in_the_same_folder_stay(project: Project) -> None:
    @coco.fn
    async def other(names: list[str]) -> None:
        target = await localfs.mount_dir_target(project.folder / "top/out")
        for name in names:
            target.declare_file(name, name)

    project.update(one, project.folder / "top/out", NEW)
    second = type(project)(project.folder / "source")
    second.update(other, ["x"])
    second.drop(other, [])
    assert {name: text for name, text in tree(project.folder / "top/out").items() if text != "/"} == NEW
    second.update(other, ["x"])
    project.drop(one, None, {})
    assert tree(project.folder / "top/out") == {"x": "x"}


def test_what_was_written_in_a_call_that_failed_for_others_is_ours(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are put in their places one after the other; where one cannot be, all are tried again, apart."""
    replace = os.replace

    def refusing(old: str, new: str, **options: object) -> None:
        if str(new).endswith("bad"):
            raise PermissionError(errno.EACCES, "told to refuse", new)
        replace(old, new, **options)  # type: ignore[arg-type]

    folder = project.folder / "top/out"
    files = {f"{number}": "text" for number in range(10)}
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refusing)
        project.update(one, folder, {"bad": "text"} | files)
    assert len(project.failures) == 1
    assert tree(folder) == files
    project.update(one, folder, {})
    assert tree(folder) == {}


def test_more_directories_go_than_are_synced_one_by_one(project: Project) -> None:
    folder = project.folder / "top/out"
    project.update(one, folder, {f"d{number}/e/a": "text" for number in range(100)})
    (folder / "d7/theirs").touch()
    project.drop(one, None, {})
    assert tree(folder) == {"d7": "/", "d7/theirs": ""}

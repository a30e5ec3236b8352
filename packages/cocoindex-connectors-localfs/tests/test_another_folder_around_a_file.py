"""Where another folder took the place of the one around a file, the file in it is not the app's, unless it is equal."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

if TYPE_CHECKING:
    from .conftest import Project


@coco.fn
async def alone(folder: Path, files: dict[str, str]) -> None:
    """Declare each file by a path of its own."""
    for name, text in files.items():
        await coco.mount(coco.component_subpath(name), declare_alone, folder / name, text)


@coco.fn
def declare_alone(path: Path, text: str) -> None:
    localfs.declare_file(path, text, create_parent_dirs=True)


@coco.fn
async def below(folder: Path, files: dict[str, str]) -> None:
    """Declare the files in a subdirectory of a directory target."""
    target = await localfs.mount_dir_target(folder.parent)
    for name, text in files.items():
        await coco.mount(coco.component_subpath(name), declare, target, f"{folder.name}/{name}", text)


@coco.fn
def declare(target: localfs.DirTarget, name: str, text: str) -> None:
    target.declare_file(name, text, create_parent_dirs=True)


@coco.fn
async def inside(folder: Path, files: dict[str, str]) -> None:
    """Declare the files in a directory target of their own, within another one."""
    target = await localfs.mount_dir_target(folder.parent)
    inner = await coco.use_mount(coco.component_subpath("inner"), target.declare_dir_target, folder.name)
    for name, text in files.items():
        await coco.mount(coco.component_subpath(name), declare, inner, name, text)


def by_a_folder(folder: Path, other: Path) -> None:
    other.rename(folder)


def by_a_link(folder: Path, other: Path) -> None:
    folder.symlink_to(other)


@pytest.fixture(params=[alone, below], ids=["alone", "below"])
def main(request: pytest.FixtureRequest) -> Callable[..., object]:
    """What declares the files."""
    found: Callable[..., object] = request.param
    return found


@pytest.mark.parametrize("replace", [by_a_folder, by_a_link])
@pytest.mark.parametrize("then", ["removed", "changed", "dropped"])
def test_a_file_of_others_in_it_stays(
    project: Project, main: Callable[..., object], replace: Callable[[Path, Path], None], then: str
) -> None:
    folder, other = project.folder / "top/inner", project.folder / "top/other"
    other.mkdir(parents=True)
    (other / "a").write_text("theirs")
    project.update(main, folder, {"a": "1"})
    folder.rename(folder.with_name("old"))
    replace(folder, other)
    if then == "dropped":
        project.drop(main, folder, {})
    else:
        project.update(main, folder, {"a": "2"} if then == "changed" else {})
        assert len(project.failures) == (then == "changed")
    assert (folder / "a").read_text() == "theirs"
    assert (folder.with_name("old") / "a").read_text() == "1"


def test_a_copy_of_the_folder_is_the_apps(project: Project, main: Callable[..., object]) -> None:
    folder = project.folder / "top/inner"
    project.update(main, folder, {"a": "1", "b": "1"})
    folder.rename(folder.with_name("old"))
    shutil.copytree(folder.with_name("old"), folder)
    project.update(main, folder, {"a": "2"})
    assert project.failures == []
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a": "2"}
    (folder / "a").write_text("edited")
    project.update(main, folder, {"a": "3"})
    assert project.failures == []
    assert (folder / "a").read_text() == "3"


def test_a_folder_that_was_removed_is_written_to_again(project: Project, main: Callable[..., object]) -> None:
    folder = project.folder / "top/inner"
    project.update(main, folder, {"a": "1"})
    shutil.rmtree(folder)
    for text in ("2", "3"):
        project.update(main, folder, {"a": text})
        assert project.failures == []
        assert (folder / "a").read_text() == text
    project.update(main, folder, {})
    assert not (folder / "a").exists()


@pytest.mark.parametrize("text", ["1", "2"])
@pytest.mark.parametrize("later", [alone, below, inside])
@pytest.mark.parametrize("earlier", [alone, below, inside])
def test_a_file_of_others_stays_if_it_is_declared_in_another_way_since(
    project: Project, earlier: Callable[..., object], later: Callable[..., object], text: str
) -> None:
    folder = project.folder / "top/inner"
    folder.parent.mkdir()
    project.update(earlier, folder, {"a": "1"})
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "a").write_text("theirs")
    project.update(later, folder, {"a": text})
    project.update(later, folder, {})
    assert (folder / "a").read_text() == "theirs"

"""Declared files and directories come, change, move between owners and go."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError, InvalidFileTargetError
from cocoindex.errors import NoComponentError

if TYPE_CHECKING:
    from .conftest import Project

OUTPUT = coco.ContextKey[Path]("output")
Files = dict[str, str]


@coco.fn
def declare(target: localfs.DirTarget, files: Files) -> None:
    for name, text in files.items():
        target.declare_file(name, text, create_parent_dirs=True)


@coco.fn
async def nested(files: Files, below: dict[str, Files]) -> None:
    target = await localfs.mount_dir_target(OUTPUT)
    declare(target, files)
    for name, inner in below.items():
        part = coco.component_subpath(name)
        inside = await coco.use_mount(part, target.declare_dir_target, name, create_parent_dirs=True)
        declare(inside, inner)


@coco.fn
def single(files: Files) -> None:
    for name, text in files.items():
        localfs.declare_file(localfs.FilePath(name, base_dir=OUTPUT), text, create_parent_dirs=True)


def test_nested_directories(project: Project) -> None:
    project.update(nested, {"a": "1"}, {"d": {"b": "2", "x/c": "3"}, "e/f": {}})
    assert project.written() == {"a": "1", "d/b": "2", "d/x/c": "3"}
    assert (project.output / "e/f").is_dir()
    (project.output / "d/foreign").write_text("foreign")
    project.update(nested, {"a": "1"}, {"d": {"b": "two"}})
    assert project.written() == {"a": "1", "d/b": "two", "d/foreign": "foreign"}
    assert not (project.output / "e").exists()
    project.update(nested, {}, {})
    assert project.written() == {"d/foreign": "foreign"}
    assert [path.name for path in project.output.rglob("*")] == ["d", "foreign"]


def test_a_file_becomes_a_directory_and_back(project: Project) -> None:
    project.update(nested, {"a": "1"}, {})
    project.update(nested, {}, {"a": {"b": "2"}})
    assert project.written() == {"a/b": "2"}
    project.update(nested, {"a": "1"}, {})
    assert project.written() == {"a": "1"}
    project.update(nested, {}, {"a": {"b": "2"}})
    assert project.written() == {"a/b": "2"}


def test_files_on_their_own(project: Project) -> None:
    project.update(single, {"a": "1", "d/b": "2"})
    assert project.written() == {"a": "1", "d/b": "2"}
    (project.output / "foreign").write_text("foreign")
    project.update(single, {"a": "one"})
    assert project.written() == {"a": "one", "foreign": "foreign"}
    project.drop(single, {})
    assert project.written() == {"foreign": "foreign"}


def test_a_relative_path_and_an_absolute_one_name_one_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.folder)

    @coco.fn
    def at(path: Path) -> None:
        localfs.declare_file(path, "text")

    project.update(at, Path("a"))
    project.update(at, project.folder / "a")
    assert (project.folder / "a").read_text() == "text"

    @coco.fn
    def twice() -> None:
        localfs.declare_file(Path("a"), "text")
        localfs.declare_file(project.folder / "a", "text")

    with pytest.raises(ValueError, match="a"):
        project.update(twice)


def test_declaring_may_be_mounted(project: Project) -> None:
    @coco.fn
    async def main() -> None:
        part = coco.component_subpath("file")
        await coco.mount(
            part, localfs.declare_file, localfs.FilePath("a", base_dir=OUTPUT), "1", create_parent_dirs=True
        )
        target = await coco.use_mount(coco.component_subpath("dir"), localfs.declare_dir_target, project.folder / "d")
        target.declare_file("b", b"2")
        provider = await coco.mount_target(localfs.dir_target(str(project.folder / "e")))
        assert provider is not None

    project.update(main)
    assert project.failures == []
    assert project.written() == {"a": "1"}
    assert (project.folder / "d/b").read_text() == "2"
    assert (project.folder / "e").is_dir()


def test_a_file_that_cannot_be_written_fails_alone_and_is_tried_again(project: Project) -> None:
    @coco.fn
    async def main() -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        for name in ("a", "b", "c"):
            await coco.mount(coco.component_subpath(name), declare, target, {name: "text"})

    (project.output / "b").mkdir(parents=True)
    (project.output / "b/foreign").touch()
    project.update(main)
    (failure,) = project.failures
    assert isinstance(failure, FileTargetError)
    assert failure.filename == str(project.output / "b")
    assert project.written() == {"a": "text", "b/foreign": "", "c": "text"}
    shutil.rmtree(project.output / "b")
    project.update(main)
    assert project.failures == []
    assert project.written() == {"a": "text", "b": "text", "c": "text"}


def test_a_directory_that_somebody_removed_comes_back(project: Project) -> None:
    project.update(nested, {}, {"d": {}})
    (project.output / "d").rmdir()
    project.update(nested, {}, {"d": {}})
    assert (project.output / "d").is_dir()


def test_a_name_that_leads_out_is_refused(project: Project) -> None:
    with pytest.raises(InvalidFileTargetError, match="leads out of its directory target"):
        project.update(nested, {"../a": "1"}, {})
    assert not (project.folder / "a").exists()


def test_outside_a_component_nothing_can_be_declared(project: Project) -> None:
    with pytest.raises(NoComponentError):
        localfs.declare_file(project.folder / "a", "1")
    with pytest.raises(NoComponentError):
        localfs.FilePath("a", base_dir=OUTPUT).resolve()

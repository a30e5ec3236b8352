"""A file is declared by the name that its directory lists: by another one that leads there, it is an error that says
so, and never a second target, whose removal would remove the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError

if TYPE_CHECKING:
    from tests.conftest import Project

TEXTS = pytest.mark.parametrize("text", ["by {}", "alike"])


@coco.fn
async def put(name: str, text: str, target: localfs.DirTarget) -> None:
    target.declare_file(name, text.format(name), create_parent_dirs=True)


@coco.fn
async def main(folder: Path, text: str, names: list[str]) -> None:
    target = await localfs.mount_dir_target(folder)
    for name in names:
        await coco.mount(coco.component_subpath(name), put, name, text, target)


@coco.fn
async def in_one(folder: Path, text: str, names: list[str]) -> None:
    target = await localfs.mount_dir_target(folder)
    for name in names:
        target.declare_file(name, text.format(name), create_parent_dirs=True)


@pytest.fixture
def folder(project: Project) -> Path:
    """A folder with a folder and a link to that."""
    (project.output / "real").mkdir(parents=True)
    (project.output / "alias").symlink_to("real")
    return project.output


@TEXTS
@pytest.mark.parametrize("names", [["real/x", "alias/x"], ["alias/x", "real/x"]])
def test_in_two_components(project: Project, folder: Path, text: str, names: list[str]) -> None:
    for _ in range(2):
        project.update(main, folder, text, names)
        (failure,) = project.failures
        assert isinstance(failure, FileTargetError)
        assert f"leads to {str(folder / 'real/x')!r}" in str(failure)
        assert failure.filename == str(folder / "alias/x")
        assert (folder / "real/x").read_text() == text.format("real/x")
    project.update(main, folder, text, ["real/x"])
    assert project.failures == []
    assert (folder / "real/x").read_text() == text.format("real/x")
    project.update(main, folder, text, [])
    assert list((folder / "real").iterdir()) == []


@TEXTS
def test_in_one_component(project: Project, folder: Path, text: str) -> None:
    with pytest.raises(FileTargetError, match="leads to"):
        project.update(in_one, folder, text, ["real/x", "alias/x"])
    project.update(in_one, folder, text, ["real/x"])
    assert (folder / "real/x").read_text() == text.format("real/x")
    project.drop(in_one, folder, text, [])
    assert list((folder / "real").iterdir()) == []


@TEXTS
@pytest.mark.parametrize("app", [main, in_one])
def test_one_after_the_other(project: Project, folder: Path, text: str, app: Any) -> None:
    with pytest.raises(FileTargetError, match="leads to"):
        project.update(app, folder, text, ["alias/x"])
        raise project.failures[0]
    project.update(app, folder, text, ["real/x"])
    assert (folder / "real/x").read_text() == text.format("real/x")
    project.update(app, folder, text, ["real/x"])
    assert (folder / "real/x").read_text() == text.format("real/x")


@pytest.fixture
def careless(project: Project) -> Path:
    """A folder on a file system that does not tell upper from lower case."""
    folder = Path(os.environ.get("CASE_INSENSITIVE_FOLDER", project.output.parent)) / project.folder.parent.name
    folder.mkdir(exist_ok=True)
    if not folder.with_name(folder.name.swapcase()).exists():
        pytest.skip("the file system tells upper from lower case; CASE_INSENSITIVE_FOLDER names a folder on another")
    return folder / "output"


def entries(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@TEXTS
@pytest.mark.parametrize("app", [main, in_one])
def test_a_file_that_is_renamed_in_case(project: Project, careless: Path, text: str, app: Any) -> None:
    for name in ["read.me", "READ.me", "READ.ME"]:
        for _ in range(2):
            project.update(app, careless, text, [name])
            assert project.failures == []
            assert entries(careless) == [name]
            assert (careless / name).read_text() == text.format(name)


@TEXTS
@pytest.mark.parametrize("app", [main, in_one])
def test_a_directory_that_is_renamed_in_case(project: Project, careless: Path, text: str, app: Any) -> None:
    for name in ["docs", "Docs", "DOCS"]:
        for _ in range(2):
            project.update(app, careless, text, [f"{name}/a", f"{name}/b"])
            assert project.failures == []
            assert entries(careless) == [name, f"{name}/a", f"{name}/b"]


@TEXTS
@pytest.mark.parametrize("names", [["a", "A"], ["d/a", "D/b"]])
def test_names_that_differ_in_case_only(project: Project, careless: Path, text: str, names: list[str]) -> None:
    for _ in range(2):
        project.update(main, careless, text, names)
        (failure,) = project.failures
        refused = next(name for name in names if str(failure).find(str(careless / name)) > 0)
        assert "leads to" in str(failure)
        assert len(entries(careless)) == names[0].count("/") + 1
    (kept,) = {*names} - {refused}
    for _ in range(2):
        project.update(main, careless, text, [kept])
        assert project.failures == []
        assert (careless / kept).read_text() == text.format(kept)


@pytest.mark.parametrize("app", [main, in_one])
def test_a_target_that_is_named_in_another_case(project: Project, careless: Path, app: Any) -> None:
    for text, name in [("old", "Output"), ("old", "output"), ("new", "OUTPUT")]:
        for _ in range(2):
            project.update(app, careless.with_name(name), text, ["a", "d/b"])
            assert project.failures == []
            assert entries(careless.parent) == ["Output", "Output/a", "Output/d", "Output/d/b"]
            assert (careless / "d/b").read_text() == text
    project.drop(app, careless, "new", [])
    assert entries(careless.parent) == []

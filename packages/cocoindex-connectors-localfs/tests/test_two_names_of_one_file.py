"""Two names that lead to one file are no two files: one of them is written, the other one is an error that says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError

if TYPE_CHECKING:
    from tests.conftest import Project

NAMES = ["real/x", "alias/x"]


@coco.fn
async def put(name: str, target: localfs.DirTarget) -> None:
    target.declare_file(name, f"by {name}")


@coco.fn
async def main(folder: Path, names: list[str]) -> None:
    target = await localfs.mount_dir_target(folder)
    for name in names:
        await coco.mount(coco.component_subpath(name), put, name, target)


@coco.fn
async def in_one(folder: Path, names: list[str]) -> None:
    target = await localfs.mount_dir_target(folder)
    for name in names:
        target.declare_file(name, f"by {name}")


@pytest.fixture
def folder(project: Project) -> Path:
    """A folder with a folder and a link to that."""
    (project.output / "real").mkdir(parents=True)
    (project.output / "alias").symlink_to("real")
    return project.output


@pytest.mark.parametrize("order", [1, -1])
def test_in_two_components(project: Project, folder: Path, order: int) -> None:
    for _ in range(2):
        project.update(main, folder, NAMES[::order])
        (failure,) = project.failures
        assert isinstance(failure, FileTargetError)
        assert "did not write under this name" in str(failure)
        refused = next(name for name in NAMES if failure.filename.endswith(name))
        (kept,) = set(NAMES) - {refused}
        assert (folder / "real/x").read_text() == f"by {kept}"
    project.update(main, folder, [kept])
    assert project.failures == []
    assert (folder / "real/x").read_text() == f"by {kept}"
    project.update(main, folder, [])
    assert list((folder / "real").iterdir()) == []


def test_in_one_component(project: Project, folder: Path) -> None:
    with pytest.raises(FileTargetError, match="did not write under this name"):
        project.update(in_one, folder, NAMES)
    project.update(in_one, folder, NAMES[:1])
    assert (folder / "real/x").read_text() == "by real/x"
    project.drop(in_one, folder, [])
    assert list((folder / "real").iterdir()) == []

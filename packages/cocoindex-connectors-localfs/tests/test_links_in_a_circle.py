"""A link that leads to itself is no directory: to walk or write there is an error that says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError, SourceDirectoryError

if TYPE_CHECKING:
    from .conftest import Project


@coco.fn
async def read(folder: Path) -> list[str]:
    return [key async for key, _ in localfs.walk_dir(folder).items()]


@coco.fn
async def write(folder: Path) -> None:
    (await localfs.mount_dir_target(folder)).declare_file("a", "text")


@coco.fn
async def write_one(path: Path) -> None:
    localfs.declare_file(path, "text")


@pytest.fixture(params=["itself", "one of two"])
def circle(project: Project, request: pytest.FixtureRequest) -> Path:
    """A link that leads to itself, at once or by way of another one."""
    link = project.folder / "link"
    link.symlink_to("link" if request.param == "itself" else "other")
    (project.folder / "other").symlink_to("link")
    return link


@pytest.mark.parametrize("below", [".", "d"])
def test_to_walk_it(project: Project, circle: Path, below: str) -> None:
    with pytest.raises(SourceDirectoryError, match="not a directory"):
        project.update(read, circle / below)


@pytest.mark.parametrize("below", [".", "d"])
def test_to_write_into_it(project: Project, circle: Path, below: str) -> None:
    with pytest.raises(FileTargetError, match="another path"):
        project.update(write, circle / below)
    assert circle.is_symlink()


def test_to_write_its_target(project: Project, circle: Path) -> None:
    with pytest.raises(FileTargetError):
        project.update(write_one, circle)
    assert circle.is_symlink()


def test_its_path(circle: Path) -> None:
    assert localfs.FilePath(circle).resolve().name in ("link", "other")

"""More directory targets than are held open at a time are written, replaced and removed as few are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import cocoindex as coco
from cocoindex.connectors import localfs

if TYPE_CHECKING:
    from .conftest import Project

OUTPUT = coco.ContextKey[Path]("output")


@coco.fn
async def one(name: str) -> None:
    target = await localfs.mount_dir_target(localfs.FilePath(name, base_dir=OUTPUT))
    target.declare_file("a", name)


@coco.fn
async def main(names: list[str]) -> None:
    await coco.mount_each(one, [(name, name) for name in names])


def test_they_come_and_go(project: Project) -> None:
    names = [f"d{number}" for number in range(150)]
    project.update(main, names)
    assert project.failures == []
    assert project.written() == {f"{name}/a": name for name in names}
    for name in names[:70]:
        shutil.rmtree(project.output / name)
    project.update(main, names)
    assert project.written() == {f"{name}/a": name for name in names}
    project.update(main, names[140:])
    assert project.written() == {f"{name}/a": name for name in names[140:]}
    project.drop(main, names)
    assert list(project.output.iterdir()) == []

"""An error that all files of a directory have names the directory, not a file that another component declares."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError

if TYPE_CHECKING:
    from .conftest import Project


@coco.fn
async def declare(target: localfs.DirTarget, name: str) -> None:
    target.declare_file(name, name)


@coco.fn
async def main(folder: Path, names: list[str]) -> None:
    target = await localfs.mount_dir_target(folder)
    for name in names:
        await coco.mount(coco.component_subpath(name), declare, target, name)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_it_names_the_directory(project: Project, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(path: Any, *arguments: Any, **options: Any) -> int:
        if str(path).endswith(".tmp"):
            raise OSError(number, os.strerror(number))
        return opened(path, *arguments, **options)

    opened = os.open
    monkeypatch.setattr(os, "open", refuse)
    project.update(main, project.output, [f"{each:02}" for each in range(30)])
    assert len(project.failures) == 30
    assert {failure.filename for failure in project.failures if isinstance(failure, FileTargetError)} == {
        str(project.output)
    }

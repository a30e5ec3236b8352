"""A clock that is set back, or forward, holds up nothing, and has nothing removed that is somebody else's."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

if TYPE_CHECKING:
    from .conftest import Project

HOUR = 3600 * 10**9


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """By how many nanoseconds the clock of the process is ahead of that of the file system."""
    ahead = [0]
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + ahead[0])
    return ahead


@coco.fn
async def main(folder: Path, names: list[str]) -> None:
    target = await localfs.mount_dir_target(folder)
    for name in names:
        target.declare_file(name, name, create_parent_dirs=True)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_between_updates_and_in_them(project: Project, jump: list[int], ahead: int) -> None:
    folder = project.folder / "out"
    folder.mkdir()
    (folder / "theirs").write_text("theirs")
    for now, names in ((ahead, ["a", "d/b"]), (0, ["a", "e/c"]), (ahead, ["f/g"]), (0, [])):
        jump[0] = now
        project.update(main, folder, names)
        assert files(folder) == sorted([*names, "theirs"])
    assert project.failures == []

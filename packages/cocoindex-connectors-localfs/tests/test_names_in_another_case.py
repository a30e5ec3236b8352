"""On a file system that takes names in any case, a folder and its files stay the same in another spelling."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError

if TYPE_CHECKING:
    from .conftest import Project


@coco.fn
async def declare(target: localfs.DirTarget, name: str, text: str) -> None:
    target.declare_file(name, text, create_parent_dirs=True)


@coco.fn
async def main(folder: Path, files: dict[str, str]) -> None:
    target = await localfs.mount_dir_target(folder)
    for name, text in files.items():
        await coco.mount(coco.component_subpath(name), declare, target, name, text)


@pytest.fixture
def folder(project: Project) -> Iterator[Path]:
    """A folder on an exFAT file system, whose driver gives an entry one inode number per spelling."""
    image, place = project.folder / "image", project.folder / "mounted"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(4 << 20)
    run("mkfs.exfat", image)
    device = run("losetup", "--find", "--show", image)
    try:
        run("mount.exfat-fuse", device, place)
        try:
            yield place
        finally:
            run("umount", place)
    finally:
        run("losetup", "--detach", device)


def run(*command: object) -> str:
    """Return the output of a command; skip the test where it is missing or not permitted."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"no {command[0]} here")
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{command[0]}: {done.stderr}")
    return done.stdout.strip()


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_folder(project: Project, folder: Path) -> None:
    project.update(main, folder / "out", {"a": "1"})
    project.update(main, folder / "OUT", {"a": "1", "b": "2"})
    assert project.failures == []
    assert contents(folder) == {"out/a": "1", "out/b": "2"}
    project.update(main, folder / "OUT", {"b": "2"})
    assert contents(folder) == {"out/b": "2"}


def test_two_files(project: Project, folder: Path) -> None:
    project.update(main, folder / "out", {"a": "1"})
    project.update(main, folder / "out", {"a": "1", "A": "2"})
    (failure,) = project.failures
    assert isinstance(failure, FileTargetError) and "leads to" in str(failure)
    project.update(main, folder / "out", {"a": "1"})
    assert contents(folder) == {"out/a": "1"}


def test_a_file_of_others(project: Project, folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out/README").write_text("theirs")
    project.update(main, folder / "out", {"readme": "ours"})
    assert len(project.failures) == 1
    project.update(main, folder / "out", {})
    assert contents(folder) == {"out/README": "theirs"}

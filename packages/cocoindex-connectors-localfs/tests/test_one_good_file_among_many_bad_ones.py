"""Where nearly every file of a folder cannot be written, each for a reason of its own, the good one is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

from .conftest import OUTPUT, Project

MANY, GOOD = 60, 37


def too_long(output: Path, number: int) -> str:
    return f"{number}" + "x" * 300


def where_a_directory_is(output: Path, number: int) -> str:
    (output / f"{number}" / "inside").mkdir(parents=True)
    return f"{number}"


def below_a_file(output: Path, number: int) -> str:
    (output / f"{number}").write_text("not ours")
    return f"{number}/file"


def below_a_link_to_itself(output: Path, number: int) -> str:
    (output / f"{number}").symlink_to(output / f"{number}")
    return f"{number}/file"


@pytest.mark.parametrize("bad", [too_long, where_a_directory_is, below_a_file, below_a_link_to_itself])
def test_it_is_written(project: Project, bad: Callable[[Path, int], str]) -> None:
    project.output.mkdir()
    names = [f"good{n}" if n == GOOD else bad(project.output, n) for n in range(MANY)]

    @coco.fn
    async def write(name: str) -> None:
        localfs.declare_file(localfs.FilePath(name, base_dir=OUTPUT), name, create_parent_dirs=True)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(write, [(str(n), name) for n, name in enumerate(names)])

    stats = project.update(main)
    assert (project.output / f"good{GOOD}").read_text() == f"good{GOOD}"
    assert stats.num_errors == len(project.failures) == MANY - 1


def test_it_is_written_where_directories_are_missing(project: Project) -> None:
    project.output.mkdir()

    @coco.fn
    async def write(name: str) -> None:
        localfs.declare_file(localfs.FilePath(name, base_dir=OUTPUT), name)

    @coco.fn
    async def main() -> None:
        names = ["good" if n == GOOD else f"missing{n}/file" for n in range(MANY)]
        await coco.mount_each(write, [(name, name) for name in names])

    project.update(main)
    assert (project.output / "good").read_text() == "good"

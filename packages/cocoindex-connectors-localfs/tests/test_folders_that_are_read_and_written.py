"""A directory target in the way of a walk of the same app is refused, whichever comes first."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import TargetInSourceError
from cocoindex.resources.file import FilePathMatcher, PatternFilePathMatcher

if TYPE_CHECKING:
    from .conftest import Project

Order = tuple[str, str]
ORDERS = pytest.mark.parametrize("order", [("read", "write"), ("write", "read")])


@coco.fn
async def main(
    order: Order,
    source: Path,
    target: Path,
    recursive: bool = True,
    matcher: FilePathMatcher | None = None,
    nested: str = "",
) -> list[str]:
    found: list[str] = []
    for step in order:
        if step == "read":
            files = localfs.walk_dir(source, recursive=recursive, path_matcher=matcher)
            found = [key async for key, _ in files.items()]
        else:
            written = await localfs.mount_dir_target(target)
            if nested:
                part = coco.component_subpath("nested")
                written = await coco.use_mount(part, written.declare_dir_target, nested, create_parent_dirs=True)
            written.declare_file("made", "text")
    return found


@pytest.fixture
def source(project: Project) -> Path:
    source = project.folder / "top" / "source"
    (source / "d/e").mkdir(parents=True)
    (source / "a").write_text("mine")
    (source / "d/e/b").write_text("mine")
    return source


def files(project: Project) -> set[Path]:
    return {path for path in project.folder.rglob("*") if path.is_file() and "store" not in path.parts}


def refused(project: Project, *args: object) -> None:
    before = files(project)
    for _ in range(2):
        with pytest.raises(TargetInSourceError, match="excluded_patterns"):
            project.update(main, *args)
    project.drop(main, *args)
    assert files(project) == before


@ORDERS
@pytest.mark.parametrize("place", [".", "d", "d/e", "new", "d/new/er", ".."])
def test_equal_inside_and_above(project: Project, source: Path, order: Order, place: str) -> None:
    refused(project, order, source, source / place)


@ORDERS
@pytest.mark.parametrize("to", [".", "d"])
def test_through_links(project: Project, source: Path, order: Order, to: str) -> None:
    (project.folder / "link").symlink_to(source / to)
    refused(project, order, source, project.folder / "link")
    refused(project, order, project.folder / "link", source / to)


def test_a_link_in_the_source_that_leads_to_the_target(project: Project, source: Path) -> None:
    (source / "link").symlink_to(project.folder / "out")
    (project.folder / "out").mkdir()
    refused(project, ("write", "read"), source, project.folder / "out")


@ORDERS
def test_a_link_in_the_source_that_leads_above_the_target(project: Project, source: Path, order: Order) -> None:
    (source / "up").symlink_to("../..")
    refused(project, order, source, project.folder / "output")


@ORDERS
def test_what_the_walk_leaves_out_behind_a_link(project: Project, source: Path, order: Order) -> None:
    (source / "up").symlink_to("../..")
    without_output = PatternFilePathMatcher(excluded_patterns=["up/output", "up/store"])
    project.update(main, order, source, project.folder / "output", True, without_output)
    assert (project.folder / "output" / "made").exists()


@ORDERS
def test_a_directory_target_in_another_one(project: Project, source: Path, order: Order) -> None:
    (project.folder / "out/in").mkdir(parents=True)
    refused(project, order, project.folder / "out/in", project.folder / "out", True, None, "in/deep")


@ORDERS
@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda source: source.parent / "out",
        lambda source: source.parent / f"{source.name}.out",
        lambda source: source.parent / source.name[:-1],
    ],
)
def test_beside_it(project: Project, source: Path, order: Order, elsewhere: Callable[[Path], Path]) -> None:
    project.update(main, order, source, elsewhere(source))
    assert (elsewhere(source) / "made").exists()


@ORDERS
@pytest.mark.parametrize("pattern", ["d", "d/**", "**/e", "d/e"])
def test_what_the_walk_leaves_out_may_be_written(project: Project, source: Path, order: Order, pattern: str) -> None:
    matcher = PatternFilePathMatcher(excluded_patterns=[pattern])
    project.update(main, order, source, source / "d/e/out", True, matcher)
    assert (source / "d/e/out/made").exists()
    project.drop(main, order, source, source / "d/e/out")
    assert sorted(path.name for path in (source / "d/e").iterdir()) == ["b"]


@ORDERS
def test_a_walk_that_does_not_enter_directories(project: Project, source: Path, order: Order) -> None:
    project.update(main, order, source, source / "out", False)
    assert (source / "out/made").exists()
    project.drop(main, order, source, source / "out", False)
    refused(project, order, source, source, False)


def test_another_app_may_read_what_one_writes(project: Project, source: Path) -> None:
    project.update(main, ("write",), source, project.folder / "out")
    second = type(project)(project.folder / "source")
    second.update(main, ("read",), project.folder / "out", source)


@ORDERS
@pytest.mark.parametrize(
    ("mounted", "place"),
    [("source", "."), ("source", "d/new"), (".", "."), ("source/d", "."), ("source/d", "new/er"), ("source/d/e", ".")],
)
def test_by_the_name_of_a_mount(project: Project, source: Path, order: Order, mounted: str, place: str) -> None:
    alias = project.folder / "alias"
    alias.mkdir()
    if subprocess.run(["mount", "--bind", source.parent / mounted, alias], capture_output=True).returncode:
        pytest.skip("this process must not mount")
    try:
        refused(project, order, source, alias / place)
    finally:
        subprocess.run(["umount", alias], check=True)


@ORDERS
def test_a_source_that_is_a_mount_of_a_part_of_the_target(project: Project, source: Path, order: Order) -> None:
    alias = project.folder / "an alias"
    alias.mkdir()
    if subprocess.run(["mount", "--bind", source / "d", alias], capture_output=True).returncode:
        pytest.skip("this process must not mount")
    try:
        refused(project, order, alias, source)
        project.update(main, order, alias, source.parent / "out")
    finally:
        subprocess.run(["umount", alias], check=True)


@ORDERS
def test_what_a_mount_hides_from_the_walk_may_be_written(project: Project, source: Path, order: Order) -> None:
    alias, other = project.folder / "alias", project.folder / "other"
    alias.mkdir()
    other.mkdir()
    if subprocess.run(["mount", "--bind", source / "d/e", alias], capture_output=True).returncode:
        pytest.skip("this process must not mount")
    try:
        subprocess.run(["mount", "--bind", other, source / "d/e"], check=True)
        try:
            project.update(main, order, source, alias)
        finally:
            subprocess.run(["umount", source / "d/e"], check=True)
        assert (alias / "made").exists()
    finally:
        subprocess.run(["umount", alias], check=True)

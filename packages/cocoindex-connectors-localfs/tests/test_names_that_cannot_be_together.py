"""A file where another one needs a directory, a name declared in two ways: an error that names both of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import FileTargetError, InvalidFileTargetError

from .applying import apply, file, folder, tree

if TYPE_CHECKING:
    from .conftest import Project

OUTPUT = coco.ContextKey[Path]("output")


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a"), ("x/a", "x/a/b/c"), ("x/a/b/c", "x/a")])
def test_a_file_and_one_below_it_in_one_component(project: Project, names: tuple[str, str]) -> None:
    @coco.fn
    async def main() -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        for name in names:
            target.declare_file(name, name, create_parent_dirs=True)

    for _ in range(2):
        with pytest.raises(FileTargetError) as failed:
            project.update(main)
        assert all(str(project.output / name) in str(failed.value) for name in names)
    assert project.written() == {}


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a")])
def test_in_two_components_one_of_them_fails(project: Project, names: tuple[str, str]) -> None:
    @coco.fn
    def declare(target: localfs.DirTarget, name: str) -> None:
        target.declare_file(name, name, create_parent_dirs=True)

    @coco.fn
    async def main() -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        for name in names:
            await coco.mount(coco.component_subpath(name), declare, target, name)

    for _ in range(2):
        project.update(main)
        assert project.failures, "one of them is not there, and nothing was said"
        assert all(str(project.output / "a") in str(failure) for failure in project.failures)
        written = project.written()
        assert len(written) + len(project.failures) == 2
        assert all(name == text for name, text in written.items())


@pytest.mark.parametrize("parents", [True, False])
def test_a_file_and_a_directory_target_below_it(project: Project, parents: bool) -> None:
    @coco.fn
    def main() -> None:
        localfs.declare_file(project.folder / "a", "text")
        localfs.declare_dir_target(project.folder / "a/b", create_parent_dirs=parents)

    with pytest.raises(FileTargetError, match="lies below it"):
        project.update(main)
    assert not (project.folder / "a").exists()


def test_the_name_of_a_file_does_not_end_with_a_slash(project: Project) -> None:
    @coco.fn
    async def main() -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        target.declare_file("x/", "text")

    with pytest.raises(InvalidFileTargetError, match="ends with a slash"):
        project.update(main)
    with pytest.raises(InvalidFileTargetError, match="ends with a slash"):
        localfs.declare_file(f"{project.folder}/x/", "text")


def test_one_path_declared_in_two_ways(tmp_path: Path) -> None:
    for one, other in (("x", "x"), ("d/../x", "x")):
        with pytest.raises(FileTargetError, match="in two ways"):
            apply(file(tmp_path, one), folder(tmp_path, other))
    assert tree(tmp_path) == {}


def test_a_directory_may_lie_in_a_directory(tmp_path: Path) -> None:
    apply(folder(tmp_path, "d"), folder(tmp_path, "d/e"), file(tmp_path, "d/e/a"))
    assert tree(tmp_path) == {"d": "/", "d/e": "/", "d/e/a": "new"}

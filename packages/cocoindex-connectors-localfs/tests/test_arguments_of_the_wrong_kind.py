"""What is of the wrong kind is refused when it is given, not when the walk or the update has begun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.resources.file import PatternFilePathMatcher
from cocoindex.resources.file.errors import FileArgumentError, InvalidFileContentError, InvalidFilePathError

from .conftest import OUTPUT, Project

NO_BOOLS: list[Any] = [None, 1, "no", []]


class AsyncMatcher:
    async def is_file_included(self, path: Any) -> bool:
        return False

    async def is_dir_included(self, path: Any) -> bool:
        return False


class HalfMatcher:
    def is_file_included(self, path: Any) -> bool:
        return True


@pytest.mark.parametrize("wrong", ["a\0b", "\ud800", Path("a\0b")])
def test_a_character_that_no_path_has(wrong: Any) -> None:
    with pytest.raises(InvalidFilePathError, match="has a character that no path can have"):
        localfs.walk_dir(wrong)


@pytest.mark.parametrize("option", ["live", "recursive"])
@pytest.mark.parametrize("wrong", NO_BOOLS)
def test_the_options_of_a_walk(tmp_path: Path, option: str, wrong: Any) -> None:
    with pytest.raises(FileArgumentError, match=rf"{option}= of walk_dir\(\) is True or False, not") as caught:
        localfs.walk_dir(tmp_path, **{option: wrong})
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (5, r"is a int without is_file_included\(\); give a"),
        ("*.py", r"is a str without is_file_included\(\); give a"),
        (["*.py"], r"is a list without is_file_included\(\); give a"),
        (HalfMatcher(), r"is a HalfMatcher without is_dir_included\(\); give a"),
        (PatternFilePathMatcher, "is the class PatternFilePathMatcher; give an instance of it"),
        (AsyncMatcher(), r"is a AsyncMatcher whose is_file_included\(\) is async; it has to be sync"),
    ],
)
def test_the_matcher_of_a_walk(tmp_path: Path, wrong: Any, says: str) -> None:
    with pytest.raises(InvalidFilePathError, match=f"path_matcher {says}.*PatternFilePathMatcher"):
        localfs.walk_dir(tmp_path, path_matcher=wrong)


@pytest.mark.parametrize("wrong", [None, 5, b"folder", ["folder"], {}, Path])
def test_paths(wrong: Any) -> None:
    calls: list[Callable[[Any], Any]] = [
        localfs.walk_dir,
        localfs.File,
        localfs.FilePath,
        localfs.dir_target,
        lambda path: localfs.declare_file(path, "text"),
        localfs.declare_dir_target,
        lambda path: asyncio.run(localfs.mount_dir_target(path)),
    ]
    for call in calls:
        with pytest.raises(InvalidFilePathError):
            call(wrong)


@pytest.mark.parametrize("wrong", NO_BOOLS)
def test_whether_to_create_folders_on_the_way(tmp_path: Path, wrong: Any) -> None:
    calls: list[Callable[..., Any]] = [
        localfs.dir_target,
        localfs.declare_dir_target,
        lambda path, **options: localfs.declare_file(path, "text", **options),
        lambda path, **options: asyncio.run(localfs.mount_dir_target(path, **options)),
    ]
    for call in calls:
        with pytest.raises(FileArgumentError, match="create_parent_dirs= is True or False, not"):
            call(tmp_path / "entry", create_parent_dirs=wrong)


@pytest.mark.parametrize("wrong", [None, 5, ["text"], {"text": 1}, Path("text"), OUTPUT])
def test_contents(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(InvalidFileContentError, match="give bytes or a str"):
        localfs.declare_file(tmp_path / "file.txt", wrong)


@pytest.mark.parametrize("wrong", [None, 5, OUTPUT, Path("folder")])
def test_the_provider_of_entries(wrong: Any) -> None:
    with pytest.raises(FileArgumentError, match=r"await coco\.mount_target\(localfs\.dir_target\(\.\.\.\)\)"):
        localfs.DirTarget(wrong)


def test_what_is_declared_in_a_folder(project: Project) -> None:
    problems: list[Exception] = []

    def noting(declare: Callable[..., Any], *args: Any, **options: Any) -> None:
        with pytest.raises(TypeError) as caught:
            declare(*args, **options)
        problems.append(caught.value)

    async def main() -> None:
        folder: Any = await localfs.mount_dir_target(OUTPUT)
        noting(folder.declare_file, 5, "text")
        noting(folder.declare_dir_target, None)
        noting(folder.declare_file, "file.txt", 5)
        noting(folder.declare_file, "file.txt", "text", create_parent_dirs="yes")
        noting(folder.declare_dir_target, "inner", create_parent_dirs=1)

    project.update(main)
    assert [type(problem) for problem in problems] == [
        InvalidFilePathError,
        InvalidFilePathError,
        InvalidFileContentError,
        FileArgumentError,
        FileArgumentError,
    ]


def test_a_folder_that_is_not_applied_yet(project: Project) -> None:
    async def main() -> None:
        folder: Any = localfs.declare_dir_target(OUTPUT)
        folder.declare_file("file.txt", "text")

    with pytest.raises(coco.errors.PendingTargetError, match=r"is pending.*await coco\.mount_target"):
        project.update(main)

"""An app that turns files into files keeps its output in step, and does no more than a change calls for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import SourceFileMissingError
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

if TYPE_CHECKING:
    from .conftest import Project

SOURCE = coco.ContextKey[Path]("source")
OUTPUT = coco.ContextKey[Path]("output")
ran: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


@coco.fn(memo=True)
async def shout(file: FileLike[Path], target: localfs.DirTarget) -> None:
    ran.append(file.file_path.as_posix())
    text = await file.read_text()
    target.declare_file(file.file_path.path, text.upper(), create_parent_dirs=True)


@coco.fn
async def main() -> None:
    target = await localfs.mount_dir_target(OUTPUT)
    matcher = PatternFilePathMatcher(excluded_patterns=["**/.*"])
    files = localfs.walk_dir(SOURCE, recursive=True, path_matcher=matcher)
    await coco.mount_each(shout, files.items(), target)


def write(project: Project, **texts: str) -> None:
    for name, text in texts.items():
        path = project.source / name.replace("_", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def updated(project: Project) -> list[str]:
    ran.clear()
    project.update(main)
    return sorted(ran)


def test_files_are_added_changed_and_removed(project: Project) -> None:
    write(project, a="one", b="two", d_c="three")
    assert updated(project) == ["a", "b", "d/c"]
    assert project.written() == {"a": "ONE", "b": "TWO", "d/c": "THREE"}
    write(project, a="changed", e="four")
    (project.source / "b").unlink()
    assert updated(project) == ["a", "e"]
    assert project.written() == {"a": "CHANGED", "d/c": "THREE", "e": "FOUR"}


def test_nothing_changed(project: Project) -> None:
    write(project, a="one", d_c="three")
    updated(project)
    before = {path: path.stat() for path in project.output.rglob("*")}
    stats = project.update(main)
    assert stats.num_unchanged == 2
    assert {path: path.stat().st_mtime_ns for path in before} == {p: s.st_mtime_ns for p, s in before.items()}
    assert updated(project) == []


def test_a_touched_file_is_not_processed_again(project: Project) -> None:
    write(project, a="one")
    updated(project)
    os.utime(project.source / "a", ns=(0, 1_000_000_000))
    assert updated(project) == []
    write(project, a="two")
    assert updated(project) == ["a"]


def test_a_renamed_file(project: Project) -> None:
    write(project, a="one", b="two")
    updated(project)
    (project.source / "a").rename(project.source / "c")
    assert updated(project) == ["c"]
    assert project.written() == {"b": "TWO", "c": "ONE"}


def test_a_file_takes_the_name_of_a_directory_and_back(project: Project) -> None:
    write(project, d_c="three")
    updated(project)
    (project.source / "d/c").unlink()
    (project.source / "d").rmdir()
    write(project, d="one")
    updated(project)
    updated(project)  # where the old file stood in the way of the new one until it was swept
    assert project.written() == {"d": "ONE"}
    (project.source / "d").unlink()
    write(project, d_c="three")
    updated(project)
    updated(project)
    assert project.failures == []
    assert project.written() == {"d/c": "THREE"}


def test_a_source_that_moves_stays_what_it_is(project: Project) -> None:
    write(project, a="one", d_c="three")
    updated(project)
    moved = project.folder / "elsewhere"
    project.source.rename(moved)
    project.source = moved
    assert updated(project) == []


def test_an_output_that_moves_stays_what_it_is(project: Project) -> None:
    write(project, a="one")
    updated(project)
    moved = project.folder / "elsewhere"
    project.output.rename(moved)
    project.output = moved
    assert updated(project) == []
    (project.source / "a").unlink()
    updated(project)
    assert project.written() == {}


def test_a_full_reprocess_writes_everything_again(project: Project) -> None:
    write(project, a="one")
    updated(project)
    (project.output / "a").unlink()
    project.update(main, full_reprocess=True)
    assert project.written() == {"a": "ONE"}


def test_odd_names(project: Project) -> None:
    names = ["a b", "quote\"'", "line\nbreak", "🎉", "x" * 255, "und\udcff"]
    for name in names:
        try:
            (project.source / name).write_text("text")
        except OSError:
            pytest.skip("this file system takes UTF-8 only")
    assert updated(project) == sorted(names)
    assert project.failures == []
    assert project.written() == dict.fromkeys(names, "TEXT")
    assert updated(project) == []
    (project.source / names[-1]).unlink()
    updated(project)
    assert sorted(project.written()) == sorted(names[:-1])


def test_a_source_that_is_gone_removes_nothing(project: Project) -> None:
    write(project, a="one")
    updated(project)
    project.source.rename(project.folder / "elsewhere")
    with pytest.raises(NotADirectoryError):
        project.update(main)
    assert project.written() == {"a": "ONE"}


def test_a_file_that_vanishes_during_the_update_fails_alone(project: Project) -> None:
    write(project, a="one", b="two")

    class Listed:
        async def batches(self):  # type: ignore[no-untyped-def]  # as DirItems has it
            async for batch in localfs.walk_dir(SOURCE).items().batches():
                (project.source / "b").unlink(missing_ok=True)
                yield batch

    @coco.fn
    async def racing() -> None:
        listed: Any = Listed()
        await coco.mount_each(shout, listed, await localfs.mount_dir_target(OUTPUT))

    project.update(racing)
    (failure,) = project.failures
    assert isinstance(failure, SourceFileMissingError)
    assert project.written() == {"a": "ONE"}
    project.update(racing)
    assert project.failures == []


def test_everything_that_was_written_goes_when_the_app_is_dropped(project: Project) -> None:
    write(project, a="one", d_c="three")
    updated(project)
    (project.output / "foreign").touch()
    project.drop(main)
    assert project.written() == {"foreign": ""}
    assert [path.name for path in project.output.iterdir()] == ["foreign"]
    assert (project.source / "a").read_text() == "one"

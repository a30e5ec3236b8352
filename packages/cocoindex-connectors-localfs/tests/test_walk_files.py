"""A walk yields the files of a directory, with keys relative to it, in every way of iterating."""

import asyncio
import os
from pathlib import Path, PurePath

import pytest

from cocoindex.connectors import localfs
from cocoindex.connectors.localfs.errors import SourceDirectoryError
from cocoindex.errors import CocoIndexError
from cocoindex.resources.file import MatchAllFilePathMatcher, PatternFilePathMatcher
from cocoindex.resources.file.errors import InvalidFilePathError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ["a.txt", "b.md", "d/c.txt", "d/e/f.md", ".g/h.txt"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "empty").mkdir()
    return tmp_path


def keys(walker: localfs.DirWalker) -> list[str]:
    return sorted(key for key, _ in walker.items())


def test_only_the_directory_itself_unless_recursive(folder: Path) -> None:
    assert keys(localfs.walk_dir(folder)) == ["a.txt", "b.md"]
    assert keys(localfs.walk_dir(folder, recursive=True)) == [".g/h.txt", "a.txt", "b.md", "d/c.txt", "d/e/f.md"]


def test_every_way_of_iterating_gives_the_same(folder: Path) -> None:
    walker = localfs.walk_dir(folder, recursive=True)
    expected = keys(walker)

    async def everything() -> None:
        assert sorted([key async for key, _ in walker.items()]) == expected
        assert sorted([key async for batch in walker.items().batches() for key, _ in batch]) == expected
        files = [file async for file in walker]
        assert sorted(f.file_path.path.relative_to(folder).as_posix() for f in files) == expected
        texts = {await file.read_text() for file in files}
        assert texts == set(expected)

    asyncio.run(everything())
    assert sorted(f.file_path.path.relative_to(folder).as_posix() for f in walker) == expected


def test_many_files_come_in_batches(tmp_path: Path) -> None:
    names = [f"{n}.txt" for n in range(1500)]
    for name in names:
        (tmp_path / name).touch()

    async def sizes() -> list[int]:
        return [len(batch) async for batch in localfs.walk_dir(tmp_path).items().batches()]

    assert asyncio.run(sizes()) == [512, 512, 476]
    assert keys(localfs.walk_dir(tmp_path)) == sorted(names)


def test_leaving_a_walk_early_leaves_nothing_open(tmp_path: Path) -> None:
    for n in range(1100):
        (tmp_path / str(n)).touch()

    async def first() -> str:
        items = localfs.walk_dir(tmp_path).items().__aiter__()
        key, _ = await anext(items)
        await items.aclose()  # type: ignore[attr-defined]  # it is a generator
        return key

    assert asyncio.run(first())
    open_files = "/proc/self/fd"
    if os.path.isdir(open_files):
        links = [os.path.join(open_files, fd) for fd in os.listdir(open_files)]
        assert not [link for link in links if os.path.lexists(link) and os.readlink(link) == str(tmp_path)]


def test_a_matcher_decides(folder: Path) -> None:
    matcher = PatternFilePathMatcher(["**/*.txt"], ["**/.*"])
    assert keys(localfs.walk_dir(folder, recursive=True, path_matcher=matcher)) == ["a.txt", "d/c.txt"]
    everything = keys(localfs.walk_dir(folder, recursive=True))
    assert keys(localfs.walk_dir(folder, recursive=True, path_matcher=MatchAllFilePathMatcher())) == everything


def test_a_matcher_of_the_user_is_asked_with_relative_paths(folder: Path) -> None:
    asked: list[PurePath] = []

    class Mine:
        def is_dir_included(self, path: PurePath) -> bool:
            asked.append(path)
            return path.name != "e"

        def is_file_included(self, path: PurePath) -> bool:
            asked.append(path)
            return path.suffix == ".txt"

    assert keys(localfs.walk_dir(folder, recursive=True, path_matcher=Mine())) == [".g/h.txt", "a.txt", "d/c.txt"]
    assert PurePath("d/e") in asked and PurePath("d/e/f.md") not in asked


def test_a_pattern_matcher_of_the_user_may_override(folder: Path) -> None:
    class Mine(PatternFilePathMatcher):
        def is_file_included(self, path: PurePath | str) -> bool:
            assert isinstance(path, PurePath)
            return path.name == "b.md"

    assert keys(localfs.walk_dir(folder, recursive=True, path_matcher=Mine())) == ["b.md"]


def test_a_relative_path_keeps_its_form(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (file,) = localfs.walk_dir(Path("d"))
    assert file.file_path == localfs.FilePath("d/c.txt")
    assert file.__coco_memo_key__() == file.file_path.__coco_memo_key__() == (None, "d/c.txt")
    here = {file.file_path.as_posix() for file in localfs.walk_dir(".")}
    assert here == {"a.txt", "b.md"}


@pytest.mark.parametrize("name", ["nowhere", "a.txt"])
def test_what_is_no_directory_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(SourceDirectoryError) as refusal:
        list(localfs.walk_dir(folder / name))
    assert str(folder / name) in str(refusal.value)
    assert isinstance(refusal.value, ValueError | CocoIndexError)

    async def walk() -> None:
        async for _ in localfs.walk_dir(folder / name):
            pass

    with pytest.raises(NotADirectoryError):
        asyncio.run(walk())


def test_what_is_no_path_and_no_matcher_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidFilePathError):
        localfs.walk_dir(3)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(InvalidFilePathError, match="without is_file_included"):
        localfs.walk_dir(folder, path_matcher=["*.md"])  # type: ignore[arg-type]  # what is tested

"""Files are read whatever their size and wherever the operating system has them."""

import asyncio
import os
from pathlib import Path

import pytest

from cocoindex.connectors import localfs
from cocoindex.connectors.localfs import _file, _read
from cocoindex.connectors.localfs.errors import SourceFileKindError, SourceFileMissingError

SIZES = [0, 1, 3000, _read.SMALL, _read.SMALL + 1, 300_000]


def files(path: Path) -> list[localfs.File]:
    return list(localfs.walk_dir(path))


@pytest.fixture(params=["as it is", "not in memory"])
def cache(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to read: at once, and in a thread, as where the platform or the file system cannot say."""
    if request.param == "not in memory":
        monkeypatch.setattr(_read, "_NO_WAIT", 0)
    return str(request.param)


@pytest.mark.parametrize("size", SIZES)
def test_whole_contents(tmp_path: Path, size: int, cache: str) -> None:
    content = os.urandom(size)
    (tmp_path / "a").write_bytes(content)
    (file,) = files(tmp_path)
    assert asyncio.run(file.read()) == content
    assert asyncio.run(file.size()) == size


def test_the_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"hello")
    (file,) = files(tmp_path)
    assert asyncio.run(file.read(2)) == b"he"
    assert asyncio.run(file.read(0)) == b""
    assert asyncio.run(file.read(99)) == b"hello"


def test_many_at_once_are_read_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_read, "_NO_WAIT", 0)
    for n in range(100):
        (tmp_path / str(n)).write_text(str(n))
    groups: list[int] = []
    read_group = _read._read_group

    def counted(paths: list[str]) -> list[bytes | OSError]:
        groups.append(len(paths))
        return read_group(paths)

    monkeypatch.setattr(_read, "_read_group", counted)

    async def read_all() -> set[str]:
        return set(await asyncio.gather(*(file.read_text() for file in files(tmp_path))))

    assert asyncio.run(read_all()) == {str(n) for n in range(100)}
    assert sorted(groups) == [4, 32, 32, 32]


def test_one_that_is_missing_fails_alone(tmp_path: Path, cache: str) -> None:
    for name in "abc":
        (tmp_path / name).write_text(name)
    walked = files(tmp_path)
    (tmp_path / "b").unlink()

    async def read_all() -> list[object]:
        return list(await asyncio.gather(*(file.read_text() for file in walked), return_exceptions=True))

    results = dict(zip((file.file_path.name for file in walked), asyncio.run(read_all()), strict=True))
    assert (results["a"], results["c"]) == ("a", "c")
    error = results["b"]
    assert isinstance(error, SourceFileMissingError) and isinstance(error, FileNotFoundError)
    assert error.filename == str(tmp_path / "b")


def test_a_reader_that_is_cancelled_does_not_disturb_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_read, "_NO_WAIT", 0)
    for name in "ab":
        (tmp_path / name).write_text(name)
    one, other = files(tmp_path)

    async def read_both() -> str:
        cancelled = asyncio.ensure_future(one.read_text())
        kept = asyncio.ensure_future(other.read_text())
        await asyncio.sleep(0)
        cancelled.cancel()
        text = await kept
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        return text

    assert asyncio.run(read_both()) == other.file_path.name


def test_a_file_that_has_grown_since_it_was_listed_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (file,) = files(tmp_path)
    (tmp_path / "a").write_bytes(b"one and two")
    assert asyncio.run(file.read()) == b"one and two"
    (again,) = files(tmp_path)
    (tmp_path / "a").write_bytes(b"1")
    assert asyncio.run(again.read()) == b"1"


def test_a_pipe_that_took_the_place_of_a_file_is_not_waited_for(tmp_path: Path, cache: str) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (file,) = files(tmp_path)
    (tmp_path / "a").unlink()
    os.mkfifo(tmp_path / "a")
    with pytest.raises(SourceFileKindError):
        asyncio.run(file.read())


@pytest.mark.parametrize("size", SIZES)
def test_a_content_has_one_fingerprint_however_it_is_read(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(os.urandom(size))
    whole = asyncio.run(files(tmp_path)[0].content_fingerprint())
    monkeypatch.setattr(_file, "_HELD", -1)
    piecewise = asyncio.run(files(tmp_path)[0].content_fingerprint())
    assert whole == piecewise
    assert len(whole) == 16


def test_a_file_may_be_made_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("text")
    for where in (localfs.FilePath(tmp_path / "a"), tmp_path / "a", str(tmp_path / "a")):
        file = localfs.File(where)
        assert asyncio.run(file.read_text()) == "text"
        assert asyncio.run(file.size()) == 4
    assert localfs.File(tmp_path / "a", _stat=os.stat(tmp_path / "a")).file_path.resolve() == tmp_path / "a"


def test_a_file_took_the_place_of_its_directory(tmp_path: Path, cache: str) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a").write_text("1")
    (file,) = localfs.walk_dir(tmp_path, recursive=True)
    (tmp_path / "d/a").unlink()
    (tmp_path / "d").rmdir()
    (tmp_path / "d").write_text("1")
    with pytest.raises(SourceFileMissingError):
        asyncio.run(file.read())

"""A file that was not touched is not read; one that was is read once, and its content serves the reader, too."""

import asyncio
import inspect
import os
from datetime import datetime
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs import _file, _read
from cocoindex.connectors.localfs.errors import SourceFileMissingError

State = tuple[datetime, bytes]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were read."""
    seen: list[str] = []
    cached, in_thread = _read.read_cached, _read.read_soon

    def read_cached(path: str, size: int) -> bytes | None:
        content = cached(path, size)
        if content is not None:
            seen.append(path)
        return content

    async def read_soon(path: str, size: int) -> bytes:
        seen.append(path)
        return await in_thread(path, size)

    monkeypatch.setattr(_file, "read_cached", read_cached)
    monkeypatch.setattr(_file, "read_soon", read_soon)
    return seen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a").write_text("one")
    return tmp_path / "a"


def file_at(path: Path) -> localfs.File:
    (file,) = localfs.walk_dir(path.parent)
    return file


def asked(file: localfs.File, previous: State | coco.NonExistenceType) -> coco.MemoStateOutcome:
    answer = file.__coco_memo_state__(previous)
    if isinstance(answer, coco.MemoStateOutcome):
        return answer

    async def awaited() -> coco.MemoStateOutcome:
        return await answer

    return asyncio.run(awaited())


def touch(path: Path, later: int = 1) -> None:
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + later))


def test_untouched(path: Path, reads: list[str]) -> None:
    state = asked(file_at(path), coco.NON_EXISTENCE).state
    reads.clear()
    answer = file_at(path).__coco_memo_state__(state)
    assert isinstance(answer, coco.MemoStateOutcome)  # at once, without an await
    assert answer.memo_valid
    assert answer.state is state
    assert reads == []


def test_the_first_time_it_is_read_once_for_both(path: Path, reads: list[str]) -> None:
    file = file_at(path)
    outcome = asked(file, coco.NON_EXISTENCE)
    assert not outcome.memo_valid
    assert asyncio.run(file.read_text()) == "one"
    assert reads == [str(path)]


def test_touched(path: Path, reads: list[str]) -> None:
    state = asked(file_at(path), coco.NON_EXISTENCE).state
    touch(path)
    outcome = asked(file_at(path), state)
    assert outcome.memo_valid
    assert outcome.state != state
    assert len(reads) == 2


def test_changed_with_the_same_size(path: Path) -> None:
    state = asked(file_at(path), coco.NON_EXISTENCE).state
    path.write_text("two")
    touch(path)
    assert not asked(file_at(path), state).memo_valid


def test_another_size_with_the_same_time(path: Path) -> None:
    before = path.stat()
    state = asked(file_at(path), coco.NON_EXISTENCE).state
    path.write_text("longer")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not asked(file_at(path), state).memo_valid


def test_a_change_after_the_state_was_taken_shows_next_time(path: Path) -> None:
    file = file_at(path)
    state = asked(file, coco.NON_EXISTENCE).state
    path.write_text("two")
    touch(path)
    assert asyncio.run(file.read_text()) == "one"
    assert not asked(file_at(path), state).memo_valid


def test_a_long_file_is_not_held(tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_file, "_HELD", _read.SMALL)
    (tmp_path / "a").write_bytes(b"x" * (_read.SMALL + 1))
    file = file_at(tmp_path / "a")
    answer = file.__coco_memo_state__(coco.NON_EXISTENCE)
    assert inspect.isawaitable(answer)
    state = asked(file_at(tmp_path / "a"), coco.NON_EXISTENCE).state
    assert reads == []
    answer.close()  # type: ignore[union-attr]  # it is a coroutine
    touch(tmp_path / "a")
    assert asked(file_at(tmp_path / "a"), state).memo_valid


def test_where_the_system_cannot_say_what_is_in_memory_it_is_read_in_a_thread(
    path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_read, "_NO_WAIT", 0)
    file = file_at(path)
    outcome = asked(file, coco.NON_EXISTENCE)
    assert asyncio.run(file.read_text()) == "one"
    assert reads == [str(path)]
    assert asked(file_at(path), outcome.state).memo_valid


def test_a_file_that_is_gone(path: Path) -> None:
    file = file_at(path)
    path.unlink()
    with pytest.raises(SourceFileMissingError):
        asked(file, coco.NON_EXISTENCE)
    with pytest.raises(SourceFileMissingError):
        asked(localfs.File(path), coco.NON_EXISTENCE)


def test_a_file_made_from_its_path(path: Path) -> None:
    state = asked(localfs.File(path), coco.NON_EXISTENCE).state
    assert asked(localfs.File(path), state).memo_valid
    assert localfs.File(path).__coco_memo_key__() == file_at(path).__coco_memo_key__() == (None, str(path))

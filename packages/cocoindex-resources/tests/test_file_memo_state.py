"""Whether a file has changed is asked by modification time and size first, and by content only where these differ."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import cocoindex as coco
from cocoindex.resources.file import FileLike, FileMetadata, FilePath

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


class Remote:
    """A backend with one file, that counts what it is asked."""

    def __init__(self) -> None:
        self.content = b"one"
        self.modified = NOON
        self.etag: bytes | None = None
        self.asked: list[str] = []

    def state(self, previous: object) -> coco.MemoStateOutcome:
        async def ask() -> coco.MemoStateOutcome:
            answer: Any = RemoteFile(self).__coco_memo_state__(previous)  # type: ignore[arg-type]  # any state
            outcome = await answer
            assert isinstance(outcome, coco.MemoStateOutcome)
            return outcome

        self.asked.clear()
        return asyncio.run(ask())


class RemoteFile(FileLike[str]):
    def __init__(self, remote: Remote) -> None:
        super().__init__(FilePath(None, PurePosixPath("a")))
        self.remote = remote

    async def _fetch_metadata(self) -> FileMetadata:
        self.remote.asked.append("metadata")
        return FileMetadata(len(self.remote.content), self.remote.modified, self.remote.etag)

    async def _read_impl(self, size: int = -1) -> bytes:
        self.remote.asked.append("content")
        return self.remote.content if size < 0 else self.remote.content[:size]


def test_the_first_state_is_not_valid() -> None:
    remote = Remote()
    outcome = remote.state(coco.NON_EXISTENCE)
    assert not outcome.memo_valid
    assert remote.asked == ["metadata", "content"]


def test_an_untouched_file_is_not_read_and_its_state_is_the_same_object() -> None:
    remote = Remote()
    state = remote.state(coco.NON_EXISTENCE).state
    outcome = remote.state(state)
    assert outcome.memo_valid
    assert outcome.state is state
    assert remote.asked == ["metadata"]


def test_a_touched_file_is_read_and_valid_with_a_new_state() -> None:
    remote = Remote()
    state = remote.state(coco.NON_EXISTENCE).state
    remote.modified += timedelta(microseconds=1)
    outcome = remote.state(state)
    assert outcome.memo_valid
    assert outcome.state != state
    assert remote.asked == ["metadata", "content"]
    assert remote.state(outcome.state).memo_valid


def test_a_changed_file_is_not_valid() -> None:
    remote = Remote()
    state = remote.state(coco.NON_EXISTENCE).state
    remote.content, remote.modified = b"two", NOON + timedelta(seconds=1)
    assert not remote.state(state).memo_valid


def test_another_size_is_noticed_although_the_time_is_the_same() -> None:
    remote = Remote()
    state = remote.state(coco.NON_EXISTENCE).state
    remote.content = b"longer"
    assert not remote.state(state).memo_valid


def test_a_fingerprint_of_the_backend_spares_reading() -> None:
    remote = Remote()
    remote.etag = b"e1"
    state = remote.state(coco.NON_EXISTENCE).state
    assert remote.asked == ["metadata"]
    remote.modified += timedelta(days=1)
    assert remote.state(state).memo_valid
    remote.modified += timedelta(days=1)
    remote.etag = b"e2"
    assert not remote.state(state).memo_valid


def test_a_naive_time_is_as_good_as_one_with_a_zone() -> None:
    remote = Remote()
    state = remote.state(coco.NON_EXISTENCE).state
    remote.modified = NOON.replace(tzinfo=None)
    assert remote.state(state).state is state

"""Whether an object changed is told by its ETag and size; the time decides where a store gives no ETag."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import cocoindex as coco
from cocoindex.connectors.amazon_s3 import S3File, S3FilePath
from cocoindex.resources.file import FileMetadata

from .conftest import Bucket

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
PATH = S3FilePath("bucket", "a", object_key="a")


def outcome(bucket: Bucket, metadata: FileMetadata, previous: object) -> coco.MemoStateOutcome:
    answer = S3File(bucket.client, PATH, _metadata=metadata).__coco_memo_state__(previous)  # type: ignore[arg-type]
    assert isinstance(answer, coco.MemoStateOutcome)  # at once, without a request
    return answer


def test_an_unchanged_object_keeps_the_very_state(bucket: Bucket) -> None:
    known = FileMetadata(5, NOON, b'"e1"')
    first = outcome(bucket, known, coco.NON_EXISTENCE)
    assert not first.memo_valid
    again = outcome(bucket, known, first.state)
    assert again.memo_valid and again.state is first.state


def test_the_same_content_at_another_time_is_valid_with_a_new_state(bucket: Bucket) -> None:
    first = outcome(bucket, FileMetadata(5, NOON, b'"e1"'), coco.NON_EXISTENCE)
    later = outcome(bucket, FileMetadata(5, NOON + timedelta(days=1), b'"e1"'), first.state)
    assert later.memo_valid and later.state != first.state


def test_another_etag_or_size_is_not_valid(bucket: Bucket) -> None:
    first = outcome(bucket, FileMetadata(5, NOON, b'"e1"'), coco.NON_EXISTENCE)
    assert not outcome(bucket, FileMetadata(5, NOON, b'"e2"'), first.state).memo_valid
    assert not outcome(bucket, FileMetadata(6, NOON, b'"e1"'), first.state).memo_valid


def test_without_an_etag_the_time_decides(bucket: Bucket) -> None:
    first = outcome(bucket, FileMetadata(5, NOON), coco.NON_EXISTENCE)
    assert outcome(bucket, FileMetadata(5, NOON), first.state).memo_valid
    assert not outcome(bucket, FileMetadata(5, NOON + timedelta(seconds=1)), first.state).memo_valid


def test_a_file_of_which_nothing_is_known_asks_once(bucket: Bucket) -> None:
    etag = bucket.write("a", b"hello")

    async def ask() -> None:
        file = S3File(bucket.client, S3FilePath(bucket.name, "a", object_key="a"))
        answer = file.__coco_memo_state__(coco.NON_EXISTENCE)
        assert isinstance(answer, Awaitable)
        state = (await answer).state
        assert isinstance(state, tuple) and state[1:] == ((5).to_bytes(8, "big") + etag.encode(),)
        assert await file.size() == 5
        assert await file.content_fingerprint() == etag.encode()

    bucket.server.forget()
    asyncio.run(ask())
    assert bucket.server.requests == [f"HEAD /{bucket.name}/a"]

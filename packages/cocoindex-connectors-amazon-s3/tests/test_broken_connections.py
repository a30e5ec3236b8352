"""A content that breaks off is read on from there; a request that fails for now is made again."""

from __future__ import annotations

import asyncio
import random
import socket
from datetime import timedelta

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3Error, S3ObjectChangedError
from cocoindex.errors import DeadlineExceededError
from cocoindex.testing import run_in_virtual_time

from .conftest import Bucket
from .server import Request

CONTENT = random.Random(1).randbytes(3_000_000)


@pytest.fixture(autouse=True)
def no_pauses_of_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 waits in its thread between its own attempts."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def read(bucket: Bucket, size: int = -1) -> tuple[bytes, float]:
    """The content of `k`, and for how many seconds was waited."""

    async def main() -> tuple[bytes, float]:
        content = await amazon_s3.read(bucket.client, f"s3://{bucket.name}/k", size)
        return content, asyncio.get_running_loop().time()

    return run_in_virtual_time(main())


def ranges(bucket: Bucket) -> list[tuple[str | None, str | None]]:
    """The range and the ETag of each request for a content."""
    return [
        (request.get("HTTP_RANGE"), request.get("HTTP_IF_MATCH"))
        for request in bucket.server.headers
        if request["REQUEST_METHOD"] == "GET"
    ]


def test_it_goes_on_where_it_broke_off_with_the_same_content(bucket: Bucket) -> None:
    etag = bucket.write("k", CONTENT)
    bucket.server.forget()
    bucket.server.cuts += [2_000_000, 500_000]
    content, waited = read(bucket)
    assert content == CONTENT and waited > 0
    asked = ranges(bucket)
    assert asked[0] == (None, None)
    assert len(asked) == 3 and all(range is not None and match == etag for range, match in asked[1:])


def test_a_part_is_read_to_its_end(bucket: Bucket) -> None:
    bucket.write("k", CONTENT)
    bucket.server.forget()
    bucket.server.cuts += [1_500_000]
    assert read(bucket, 2_500_000)[0] == CONTENT[:2_500_000]
    assert [str(range).rpartition("-")[2] for range, _ in ranges(bucket)] == ["2499999", "2499999"]


def test_it_gives_up_in_the_end(bucket: Bucket) -> None:
    bucket.write("k", CONTENT)
    bucket.server.forget()
    bucket.server.cuts += [10] * 50
    with pytest.raises(S3Error, match="broke 5 times") as failed:
        read(bucket)
    assert failed.value.filename == f"s3://{bucket.name}/k"
    assert len(ranges(bucket)) == 5


def test_it_gives_up_sooner_where_the_time_is_over(bucket: Bucket) -> None:
    bucket.write("k", CONTENT)
    bucket.server.forget()
    bucket.server.cuts += [10] * 50

    async def main() -> None:
        with coco.timeout(timedelta(seconds=0.2)):
            await amazon_s3.read(bucket.client, f"s3://{bucket.name}/k")

    with pytest.raises(DeadlineExceededError):
        run_in_virtual_time(main())
    assert 1 <= len(ranges(bucket)) < 5


def test_an_object_that_is_written_while_it_is_read_is_not_mixed_up(bucket: Bucket) -> None:
    bucket.write("k", CONTENT)

    def rewrite(request: Request) -> None:
        if "HTTP_RANGE" in request:
            bucket.write("k", CONTENT[::-1])

    bucket.server.forget()
    bucket.server.cuts += [2_000_000]
    bucket.server.rules.append(rewrite)
    with pytest.raises(S3ObjectChangedError):
        read(bucket)


def test_a_request_that_the_store_is_too_busy_for_is_made_again(bucket: Bucket) -> None:
    bucket.write("k", b"hello")
    bucket.server.forget()
    bucket.server.answer("GET", f"/{bucket.name}/k", "503 Slow Down", "SlowDown", times=2)
    assert read(bucket)[0] == b"hello"
    assert len(bucket.server.requests) == 3


def test_a_store_that_stays_busy_is_an_error(bucket: Bucket) -> None:
    bucket.write("k", b"hello")
    bucket.server.forget()
    bucket.server.answer("GET", f"/{bucket.name}/k", "503 Slow Down", "SlowDown")
    with pytest.raises(S3Error, match="SlowDown"):
        read(bucket)


def test_a_store_that_is_not_there_is_an_error(bucket: Bucket) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = bucket.server.client(endpoint_url=f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(S3Error, match="Could not connect"):
            asyncio.run(amazon_s3.read(nowhere, "s3://bucket/k"))
        nowhere.close()

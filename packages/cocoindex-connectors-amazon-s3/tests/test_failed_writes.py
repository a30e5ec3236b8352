"""An object that cannot be written or removed fails its own component, and is tried again by the next update."""

from __future__ import annotations

import errno
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3AccessDeniedError, S3Error, S3NotFoundError

from .conftest import S3, Bucket
from .server import Request


@coco.fn
async def declare(key: str, target: amazon_s3.BucketTarget) -> None:
    target.declare_object(key, key)


@coco.fn
async def main(keys: list[str], name: str) -> None:
    await coco.mount_each(declare, [(key, key) for key in keys], amazon_s3.BucketTarget(S3, name))


@pytest.fixture
def broken(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The bucket, whose server keeps its rules through an update."""
    monkeypatch.setattr(bucket.server, "forget", lambda: None)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return bucket


def test_a_denied_object_fails_alone(broken: Bucket) -> None:
    broken.server.answer("PUT", f"/{broken.name}/b", "403 Forbidden", "AccessDenied")
    keys = [*"abcdefgh"]
    broken.update(main, keys, broken.name)
    assert sorted(broken.contents()) == [*"acdefgh"]
    ((error, where),) = broken.failures
    assert isinstance(error, S3AccessDeniedError) and error.filename == f"s3://{broken.name}/b" and "b" in where
    broken.server.rules.clear()
    broken.update(main, keys, broken.name)
    assert sorted(broken.contents()) == keys


def test_one_good_object_among_many_that_are_refused(broken: Bucket) -> None:
    keys = [f"k{number:02}" for number in range(20)]
    refused = {key for key in keys if key != "k09"}
    for key in refused:
        broken.server.answer("PUT", f"/{broken.name}/{key}", "400 Bad Request", "InvalidArgument")
    broken.update(main, keys, broken.name)
    assert broken.contents() == {"k09": "k09"}
    assert all(isinstance(error, S3Error) and error.errno == errno.EINVAL for error, _ in broken.failures)
    assert {key for key in keys if any(key in where for _, where in broken.failures)} == refused


def test_a_bucket_that_is_not_there_is_named(bucket: Bucket) -> None:
    bucket.update(main, ["a"], "no-such-bucket")
    ((error, _),) = bucket.failures
    assert isinstance(error, S3NotFoundError) and error.filename == "s3://no-such-bucket/a"


def test_a_busy_store_is_asked_again(broken: Bucket) -> None:
    broken.server.answer("PUT", f"/{broken.name}/a", "503 Slow Down", "SlowDown", times=2)
    broken.update(main, ["a"], broken.name)
    assert broken.failures == [] and broken.contents() == {"a": "a"}


def test_what_cannot_be_removed_is_removed_by_the_next_update(broken: Bucket) -> None:
    def refuse(request: Request) -> tuple[str, bytes] | None:
        if request["REQUEST_METHOD"] != "POST":
            return None
        body = b"<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>"
        return "200 OK", body

    broken.update(main, ["a", "b"], broken.name)
    broken.server.rules.append(refuse)
    broken.update(main, ["b"], broken.name)
    assert any(isinstance(error, S3AccessDeniedError) for error, _ in broken.failures)
    broken.server.rules.clear()
    broken.update(main, ["b"], broken.name)
    assert broken.contents() == {"b": "b"}


def test_a_key_for_which_no_client_is_provided_is_named(bucket: Bucket) -> None:
    other = coco.ContextKey[Any]("other")

    @coco.fn
    async def main() -> None:
        amazon_s3.declare_object(other, bucket.name, "k", "x")

    with pytest.raises(KeyError, match="'other'"):
        bucket.update(main)


def test_all_others_of_a_batch_are_written_though_one_fails(broken: Bucket) -> None:
    @coco.fn
    async def at_once(name: str) -> None:
        for key in "abc":
            amazon_s3.declare_object(S3, name, key, key)

    broken.server.answer("PUT", f"/{broken.name}/a", "403 Forbidden", "AccessDenied")
    with pytest.raises(S3Error):
        broken.update(at_once, broken.name)
    assert sorted(broken.contents()) == ["b", "c"]

"""Objects of a bucket that is gone are gone, too: to remove them succeeds, and to write them fails."""

from __future__ import annotations

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3NotFoundError

from .conftest import S3, Bucket
from .server import Request


@coco.fn
async def declare(key: str, text: str, target: amazon_s3.BucketTarget) -> None:
    target.declare_object(key, text)


@coco.fn
async def main(keys: list[str], text: str, name: str) -> None:
    target = amazon_s3.BucketTarget(S3, name)
    for key in keys:
        await coco.mount(coco.component_subpath(key), declare, key, text, target)


def remove(bucket: Bucket) -> None:
    for key in bucket.contents():
        bucket.server.stored.delete_object(bucket.name, key)
    bucket.server.stored.delete_bucket(bucket.name)


def test_what_is_no_longer_declared(bucket: Bucket) -> None:
    bucket.update(main, ["a", "b"], "1", bucket.name)
    remove(bucket)
    bucket.update(main, ["a"], "1", bucket.name)
    assert bucket.failures == []
    bucket.drop(main, [], "", bucket.name)
    bucket.client.create_bucket(Bucket=bucket.name)
    bucket.update(main, ["a"], "1", bucket.name)
    assert bucket.contents() == {"a": "1"}


def test_what_may_never_have_been_written(bucket: Bucket) -> None:
    bucket.update(main, ["a"], "1", bucket.name)
    remove(bucket)
    for _ in range(2):
        bucket.update(main, ["a", "new"], "2", bucket.name)
        assert len(bucket.failures) == 2
        assert all(isinstance(failure, S3NotFoundError) for failure, _ in bucket.failures)
    bucket.drop(main, [], "", bucket.name)


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_in_mid_update(bucket: Bucket, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [f"{number:02}" for number in range(30)]
    bucket.update(main, keys, "old", bucket.name)
    monkeypatch.setattr(bucket.server, "forget", lambda: None)
    left = [5 if method == "PUT" else 1]

    def go(request: Request) -> None:
        if request["REQUEST_METHOD"] == method:
            left[0] -= 1
            if left[0] == 0:
                remove(bucket)

    bucket.server.rules.append(go)
    bucket.update(main, keys if method == "PUT" else [], "new", bucket.name)
    bucket.server.rules.clear()
    if method == "PUT":
        assert all(isinstance(failure, S3NotFoundError) for failure, _ in bucket.failures)
        assert bucket.failures
    else:
        assert bucket.failures == []
    bucket.client.create_bucket(Bucket=bucket.name)
    assert bucket.update(main, keys, "newer", bucket.name).num_errors == 0
    assert bucket.contents() == dict.fromkeys(keys, "newer")

"""A large object is written in several parts, appears whole, and is not there at all where a part fails."""

from __future__ import annotations

import random

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3Error

from .conftest import S3, Bucket
from .server import Request

CONTENT = random.Random(2).randbytes(17 * 1024 * 1024)


@coco.fn
async def main(name: str, content: bytes) -> None:
    amazon_s3.declare_object(S3, name, "large.bin", content, content_type="application/x-large")


def test_it_is_written_in_parts(bucket: Bucket) -> None:
    bucket.update(main, bucket.name, CONTENT)
    parts = [request for request in bucket.server.headers if "partNumber" in request["QUERY_STRING"]]
    assert len(parts) == 3
    stored = bucket.client.get_object(Bucket=bucket.name, Key="large.bin")
    assert stored["ContentType"] == "application/x-large"
    assert stored["Body"].read() == CONTENT
    bucket.update(main, bucket.name, CONTENT)
    assert bucket.server.requests == []


def test_nothing_is_left_where_a_part_fails_for_good(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: Request) -> tuple[str, bytes] | None:
        if "partNumber=2" not in request["QUERY_STRING"]:
            return None
        return "403 Forbidden", b"<Error><Code>AccessDenied</Code><Message>as told</Message></Error>"

    forget = bucket.server.forget
    monkeypatch.setattr(bucket.server, "forget", lambda: None)
    bucket.server.rules.append(refuse)
    with pytest.raises(S3Error, match=r"large\.bin"):
        bucket.update(main, bucket.name, CONTENT)
    forget()
    assert bucket.contents() == {}
    assert bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", []) == []
    bucket.update(main, bucket.name, CONTENT)
    assert bucket.client.head_object(Bucket=bucket.name, Key="large.bin")["ContentLength"] == len(CONTENT)

"""Objects have the content type that is declared, or the one that their key says."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3ArgumentError
from cocoindex.resources.file.errors import InvalidFileContentError

from .conftest import S3, Bucket


@coco.fn
async def main(name: str, key: str, content: Any, content_type: Any = None) -> None:
    amazon_s3.declare_object(S3, name, key, content, content_type=content_type)


@pytest.mark.parametrize(
    ("key", "content", "given", "expected"),
    [
        ("a.html", "<p>ü", None, "text/html; charset=utf-8"),
        ("a.html", b"<p>", None, "text/html"),
        ("a.json", "{}", None, "application/json"),
        ("a.png", b"", None, "image/png"),
        ("noend", "x", None, "application/octet-stream"),
        ("a.html", "x", "text/plain", "text/plain"),
    ],
)
def test_it_is_said_or_guessed(bucket: Bucket, key: str, content: Any, given: str | None, expected: str) -> None:
    bucket.update(main, bucket.name, key, content, given)
    assert bucket.client.head_object(Bucket=bucket.name, Key=key)["ContentType"] == expected


def test_another_type_writes_the_object_again(bucket: Bucket) -> None:
    bucket.update(main, bucket.name, "k", "x", "text/plain")
    bucket.update(main, bucket.name, "k", "x", "text/markdown")
    assert bucket.client.head_object(Bucket=bucket.name, Key="k")["ContentType"] == "text/markdown"


@pytest.mark.parametrize("given", ["text/ü", "a\nb", 3])
def test_what_cannot_be_a_type_is_refused(bucket: Bucket, given: Any) -> None:
    with pytest.raises(S3ArgumentError, match="content_type"):
        bucket.update(main, bucket.name, "k", "x", given)


@pytest.mark.parametrize("content", [3, None, "\ud800", ["x"]])
def test_what_is_no_content_is_refused(bucket: Bucket, content: Any) -> None:
    with pytest.raises(InvalidFileContentError, match="'k'"):
        bucket.update(main, bucket.name, "k", content)

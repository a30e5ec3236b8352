"""Names stay below their prefix and are such as S3 takes; odd ones come back as they were given."""

from __future__ import annotations

from pathlib import PurePath, PureWindowsPath
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3ArgumentError

from .conftest import S3, Bucket

ODD = ["ü/é.txt", "a b+c%20d", "x&y<z>\"'", "a//b", "ends/", "~!@#$^*()=|\\{}[];:,?", "日本語/ファイル"]


@coco.fn
async def main(names: list[Any], name: str, prefix: str = "") -> None:
    for each in names:
        amazon_s3.BucketTarget(S3, name, prefix=prefix).declare_object(each, str(each))


def test_odd_names_are_written_listed_and_removed(bucket: Bucket) -> None:
    bucket.update(main, ODD, bucket.name)
    assert bucket.contents() == {name: name for name in ODD}
    bucket.update(main, [], bucket.name)
    assert bucket.contents() == {}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "empty"),
        (PurePath("."), "empty"),
        ("..", "leads out"),
        ("../x", "leads out"),
        ("a/../../x", "leads out"),
        ("./x", "leads out"),
        ("/x", "leads out"),
        ("x" * 1025, "1028 bytes"),
        ("ü" * 600, "1203 bytes"),
        ("a\nb", "control character"),
        ("a\0b", "control character"),
        ("a\ufffeb", "U\\+FFFE"),
        ("a\uffffb", "U\\+FFFF"),
        ("\ud800", "UTF-8"),
        (3, "int"),
        (None, "NoneType"),
    ],
)
def test_what_cannot_be_a_name_is_refused(bucket: Bucket, name: Any, why: str) -> None:
    with pytest.raises(S3ArgumentError, match=why):
        bucket.update(main, [name], bucket.name, "in/")
    assert bucket.contents() == {}


def test_a_path_is_written_with_forward_slashes(bucket: Bucket) -> None:
    bucket.update(main, [PureWindowsPath("a\\b.txt")], bucket.name)
    assert [*bucket.contents()] == ["a/b.txt"]


@pytest.mark.parametrize("arguments", [("bucket",), (None,), (object(),)])
def test_a_target_is_given_a_context_key(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(S3ArgumentError, match="ContextKey"):
        amazon_s3.BucketTarget(arguments[0], "bucket")


def test_a_target_is_a_value() -> None:
    target = amazon_s3.BucketTarget(S3, "bucket", prefix="in/")
    assert repr(target) == "BucketTarget('s3', 'bucket', prefix='in/')"
    assert coco.memo_fingerprint(target) == coco.memo_fingerprint(amazon_s3.BucketTarget(S3, "bucket", prefix="in/"))
    assert coco.memo_fingerprint(target) != coco.memo_fingerprint(amazon_s3.BucketTarget(S3, "bucket"))
    with pytest.raises(S3ArgumentError, match="prefix"):
        amazon_s3.BucketTarget(S3, "bucket", prefix=3)  # type: ignore[arg-type]  # what is tested

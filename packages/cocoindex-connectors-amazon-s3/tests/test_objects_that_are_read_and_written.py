"""An app does not write objects that it would read again, and two apps do not take each other's objects."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3ArgumentError
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

from .conftest import S3, Bucket


@coco.fn(memo=True)
async def upper(file: FileLike[str], site: amazon_s3.BucketTarget) -> None:
    site.declare_object(f"{file.file_path.path.name}.out", (await file.read_text()).upper())


@coco.fn
async def main(name: str, source: str, target: str, patterns: list[str] | None = None) -> None:
    matcher = PatternFilePathMatcher(excluded_patterns=patterns or [])
    listing = amazon_s3.list_objects(coco.use_context(S3), name, prefix=source, path_matcher=matcher)
    await coco.mount_each(upper, listing.items(), amazon_s3.BucketTarget(S3, name, prefix=target))


@pytest.mark.parametrize(
    ("source", "target"),
    [("docs/", "docs/"), ("docs/", "docs/out/"), ("", "out/"), ("doc", "docs/"), ("docs", "docs/")],
)
def test_what_would_be_read_again_is_refused(bucket: Bucket, source: str, target: str) -> None:
    bucket.put(docs__a="a")
    bucket.update(main, bucket.name, source, target)
    ((error, _),) = bucket.failures
    assert isinstance(error, S3ArgumentError)
    assert f"'s3://{bucket.name}/{target}a.out' would be among those that this app lists" in str(error)
    assert bucket.contents() == {"docs/a": "a"}


@pytest.mark.parametrize(
    ("source", "target", "patterns"),
    [
        ("docs/", "out/", None),
        ("docs/", "", None),
        ("docs/", "docs/", ["**/*.out"]),
        ("docs/", "docs/out/", ["out"]),
        ("docs/", "docs", None),
    ],
)
def test_what_is_not_listed_is_written(bucket: Bucket, source: str, target: str, patterns: list[str] | None) -> None:
    bucket.put(docs__a="a")
    for _ in range(2):
        bucket.update(main, bucket.name, source, target, patterns)
        assert bucket.failures == []
        assert bucket.contents() == {"docs/a": "a", f"{target}a.out": "A"}


def test_another_store_may_have_a_bucket_of_the_same_name(bucket: Bucket) -> None:
    elsewhere: coco.ContextKey[Any] = coco.ContextKey("s3_elsewhere")

    @coco.fn
    async def copy(name: str) -> None:
        listing = amazon_s3.list_objects(coco.use_context(S3), name)
        await coco.mount_each(upper, listing.items(), amazon_s3.BucketTarget(elsewhere, name))

    bucket.put(a="a")
    bucket.update(copy, bucket.name)
    ((error, _),) = bucket.failures
    assert not isinstance(error, S3ArgumentError), "what it is called with is right, but nobody provides a client"


@coco.fn
async def pages(contents: dict[str, str], name: str) -> None:
    site = amazon_s3.BucketTarget(S3, name)
    for each, content in contents.items():
        site.declare_object(each, content)


def test_an_object_of_another_app_of_the_process_stays(bucket: Bucket) -> None:
    bucket.update(pages, {"x": "1"}, bucket.name)
    bucket.update(pages, {"x": "1", "y": "2"}, bucket.name, app="other")
    assert bucket.failures == []
    bucket.update(pages, {}, bucket.name, app="other")
    assert bucket.contents() == {"x": "1"}


def test_a_target_can_be_sent_to_another_process() -> None:
    target = amazon_s3.BucketTarget(S3, "b", prefix="p/")
    assert repr(pickle.loads(pickle.dumps(target))) == repr(target)

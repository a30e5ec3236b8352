"""`list_objects` yields the objects of a bucket that are wanted, with their keys relative to the prefix."""

from __future__ import annotations

import asyncio
from pathlib import PurePath, PurePosixPath

import pytest

from cocoindex.connectors import amazon_s3
from cocoindex.resources.file import PatternFilePathMatcher

from .conftest import Bucket

KEYS = [
    "data/a.txt",
    "data/docs/r.md",
    "data/",
    "data/sub/",
    "data",
    "data/.git/x.md",
    "other/y.md",
    "top.md",
    "é ü&<>",
]


def listed(walker: amazon_s3.S3Walker) -> list[str]:
    async def gather() -> list[str]:
        return [key async for key, _ in walker.items()]

    return asyncio.run(gather())


@pytest.fixture
def filled(bucket: Bucket) -> Bucket:
    for key in KEYS:
        bucket.write(key, key.encode())
    return bucket


def test_all_objects_are_listed_but_for_those_that_stand_for_folders(filled: Bucket) -> None:
    found = listed(amazon_s3.list_objects(filled.client, filled.name))
    assert sorted(found) == sorted(key for key in KEYS if not key.endswith("/"))


def test_the_prefix_is_stripped_from_relative_paths(filled: Bucket) -> None:
    found = listed(amazon_s3.list_objects(filled.client, filled.name, prefix="data/"))
    assert sorted(found) == [".git/x.md", "a.txt", "docs/r.md"]


def test_a_prefix_without_a_slash_leaves_no_slash_in_front(filled: Bucket) -> None:
    assert listed(amazon_s3.list_objects(filled.client, filled.name, prefix="data/docs")) == ["r.md"]


def test_iterating_yields_files_with_path_and_key(filled: Bucket) -> None:
    async def gather() -> list[amazon_s3.S3File]:
        return [file async for file in amazon_s3.list_objects(filled.client, filled.name, prefix="data/docs/")]

    (file,) = asyncio.run(gather())
    assert file.file_path.path == PurePath("r.md")
    assert file.file_path.resolve() == "data/docs/r.md"
    assert asyncio.run(file.read_text()) == "data/docs/r.md"


def test_patterns_are_matched_against_the_relative_path(filled: Bucket) -> None:
    matcher = PatternFilePathMatcher(["**/*.md"], ["**/.*"])
    assert listed(amazon_s3.list_objects(filled.client, filled.name, prefix="data/", path_matcher=matcher)) == [
        "docs/r.md"
    ]
    matcher = PatternFilePathMatcher(["*.md"])
    assert listed(amazon_s3.list_objects(filled.client, filled.name, path_matcher=matcher)) == ["top.md"]


def test_what_lies_in_a_directory_that_a_matcher_of_ones_own_leaves_out_is_left_out(filled: Bucket) -> None:
    asked: list[str] = []

    class Visible:
        def is_dir_included(self, path: PurePath) -> bool:
            asked.append(path.as_posix())
            return not path.name.startswith(".")

        def is_file_included(self, path: PurePath) -> bool:
            return path.suffix == ".md"

    found = listed(amazon_s3.list_objects(filled.client, filled.name, path_matcher=Visible()))
    assert sorted(found) == ["data/docs/r.md", "other/y.md", "top.md"]
    assert PurePosixPath("data/.git").as_posix() in asked


def test_objects_larger_than_the_limit_are_left_out(filled: Bucket) -> None:
    found = listed(amazon_s3.list_objects(filled.client, filled.name, max_file_size=len("data/a.txt")))
    assert sorted(found) == sorted(["data", "data/a.txt", "other/y.md", "top.md", "é ü&<>"])


def test_an_empty_bucket_and_a_prefix_that_nothing_has_list_nothing(bucket: Bucket) -> None:
    assert listed(amazon_s3.list_objects(bucket.client, bucket.name)) == []
    assert listed(amazon_s3.list_objects(bucket.client, bucket.name, prefix="x/")) == []


def test_each_iteration_lists_anew(bucket: Bucket) -> None:
    walker = amazon_s3.list_objects(bucket.client, bucket.name)
    assert listed(walker) == []
    bucket.write("new")
    assert listed(walker) == ["new"]


def test_keys_that_differ_in_slashes_only_are_different_files(bucket: Bucket) -> None:
    for key in ["a/b", "a//b", "/a/b"]:
        bucket.write(key)
    walker = amazon_s3.list_objects(bucket.client, bucket.name)
    assert sorted(listed(walker)) == ["/a/b", "a//b", "a/b"]

    async def memo_keys() -> set[object]:
        return {file.__coco_memo_key__() async for file in walker}

    assert len(asyncio.run(memo_keys())) == 3


def test_a_listing_that_is_left_early_lists_no_further(bucket: Bucket) -> None:
    bucket.write("a")

    async def first() -> str:
        async for key, _ in amazon_s3.list_objects(bucket.client, bucket.name).items():
            return key
        return ""

    assert asyncio.run(first()) == "a"


def test_a_pattern_that_lacks_two_stars_is_told(bucket: Bucket, caplog: pytest.LogCaptureFixture) -> None:
    bucket.put(docs__a_md="1", b_py="2")
    assert (
        listed(amazon_s3.list_objects(bucket.client, bucket.name, path_matcher=PatternFilePathMatcher(["*.md"]))) == []
    )
    (said,) = [message for message in caplog.messages if "pattern" in message]
    assert "'**/*.md'" in said and f"s3://{bucket.name}/" in said

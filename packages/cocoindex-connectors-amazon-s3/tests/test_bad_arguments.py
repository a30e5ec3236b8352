"""What cannot be a client, a bucket, a prefix, a matcher or a limit is refused where it is given."""

from __future__ import annotations

import asyncio
from typing import Any

import boto3
import pytest

from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3ArgumentError, S3ClientError
from cocoindex.errors import CocoIndexError
from cocoindex.resources.file.errors import InvalidFilePathError

from .conftest import S3, Bucket


@pytest.mark.parametrize("client", [None, "s3", S3, boto3])
def test_what_is_no_client_is_refused(client: Any) -> None:
    with pytest.raises(S3ClientError, match=r"boto3\.client\('s3'\)") as refusal:
        amazon_s3.list_objects(client, "bucket")
    assert isinstance(refusal.value, TypeError) and isinstance(refusal.value, CocoIndexError)
    with pytest.raises(S3ClientError):
        asyncio.run(amazon_s3.get_object(client, "s3://bucket/key"))
    with pytest.raises(S3ClientError):
        asyncio.run(amazon_s3.read(client, "s3://bucket/key"))


def test_a_client_of_another_service_is_refused() -> None:
    client = boto3.client("sqs", region_name="us-east-1")
    with pytest.raises(S3ClientError, match="'sqs'"):
        amazon_s3.list_objects(client, "bucket")
    client.close()


@pytest.mark.parametrize("name", ["", None, 3, "s3://bucket"])
def test_what_is_no_bucket_is_refused(bucket: Bucket, name: Any) -> None:
    with pytest.raises(S3ArgumentError, match="bucket"):
        amazon_s3.list_objects(bucket.client, name)


@pytest.mark.parametrize(
    "options",
    [
        {"prefix": None},
        {"prefix": 3},
        {"max_file_size": "3"},
        {"max_file_size": 1.5},
        {"max_file_size": True},
        {"max_file_size": -1},
        {"request_payer": 1},
        {"request_payer": "no"},
    ],
)
def test_what_is_no_prefix_or_limit_is_refused(bucket: Bucket, options: dict[str, Any]) -> None:
    with pytest.raises(S3ArgumentError, match=next(iter(options))):
        amazon_s3.list_objects(bucket.client, bucket.name, **options)


def test_what_is_no_matcher_is_refused(bucket: Bucket) -> None:
    matcher: Any = ["**/*.md"]
    with pytest.raises(InvalidFilePathError, match="PatternFilePathMatcher"):
        amazon_s3.list_objects(bucket.client, bucket.name, path_matcher=matcher)


@pytest.mark.parametrize("options", [{"adopt": 1}, {"adopt": "no"}, {"adopt": None}, {"request_payer": None}])
def test_options_of_a_target_are_true_or_false(options: dict[str, Any]) -> None:
    with pytest.raises(S3ArgumentError, match=f"^{next(iter(options))}= is True or False, not"):
        amazon_s3.BucketTarget(S3, "bucket", **options)
    with pytest.raises(S3ArgumentError, match=f"^{next(iter(options))}= is True or False, not"):
        amazon_s3.declare_object(S3, "bucket", "key", "", **options)


@pytest.mark.parametrize("size", ["3", 1.5, True, None, b"3"])
def test_what_is_no_size_is_refused(bucket: Bucket, size: Any) -> None:
    with pytest.raises(S3ArgumentError, match=r"^size is"):
        asyncio.run(amazon_s3.read(bucket.client, f"s3://{bucket.name}/key", size))


@pytest.mark.parametrize("version", [3, True, b"3", ""])
def test_what_is_no_version_is_refused(bucket: Bucket, version: Any) -> None:
    uri = f"s3://{bucket.name}/key"
    with pytest.raises(S3ArgumentError, match=r"^version_id is"):
        asyncio.run(amazon_s3.read(bucket.client, uri, version_id=version))
    with pytest.raises(S3ArgumentError, match=r"^version_id is"):
        asyncio.run(amazon_s3.get_object(bucket.client, uri, version_id=version))

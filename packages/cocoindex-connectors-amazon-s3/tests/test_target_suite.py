"""Buckets as targets pass the suite that any target connector has to pass."""

from __future__ import annotations

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.testing import ODD_TEXTS, TargetDriver, TargetSuite

from .conftest import S3, Bucket


class Prefixes(TargetDriver[amazon_s3.BucketTarget, str]):
    """Each container is a prefix in one bucket, which is not the app's own; each item is an object."""

    connector = "cocoindex.connectors.amazon_s3"
    suite_version = "0.2"
    odd_values = ODD_TEXTS
    shared = True
    keys = ("a", "b.txt", "deep/er/c", "d d")
    values = ("one", "two", "")
    on_removal = "items"
    refused = ("x" * 2000, "a name that is too long")
    many = 100

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide(S3, self._bucket.client)

    async def mount(self, container: str) -> amazon_s3.BucketTarget:
        return amazon_s3.BucketTarget(S3, self._bucket.name, prefix=f"{container}/")

    def declare(self, handle: amazon_s3.BucketTarget, key: coco.StableKey, value: str) -> None:
        handle.declare_object(str(key), value)

    def put_by_hand(self, container: str, key: coco.StableKey, value: str) -> None:
        self._bucket.write(f"{container}/{key!s}", value.encode())

    def go_away(self) -> None:
        self._bucket.server.stop()

    def come_back(self) -> None:
        self._bucket.server.start()

    def contents(self, container: str) -> dict[coco.StableKey, str]:
        prefix = f"{container}/"
        objects = self._bucket.contents().items()
        return {key.removeprefix(prefix): text for key, text in objects if key.startswith(prefix)}


class TestPrefixes(TargetSuite):
    @pytest.fixture
    def driver(self, bucket: Bucket) -> Prefixes:
        return Prefixes(bucket)

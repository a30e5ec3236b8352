"""Buckets as sources pass the suite that any source has to pass."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.resources.file import FileLike
from cocoindex.testing import SourceDriver, SourceSuite

from .conftest import S3, Bucket


class Objects(SourceDriver[FileLike[str]]):
    """The objects of a bucket.

    Memory is not measured: the server, which is in the same process, sorts all keys for each page.
    """

    connector = "cocoindex.connectors.amazon_s3"
    suite_version = "0.2"
    keys = ("a", "b.txt", "deep/er/c", "d d")

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide(S3, self._bucket.client)

    async def source(self) -> Any:
        return amazon_s3.list_objects(coco.use_context(S3), self._bucket.name).items()

    async def read(self, item: FileLike[str]) -> tuple[coco.StableKey, str]:
        return item.file_path.path.as_posix(), await item.read_text()

    async def put(self, key: coco.StableKey, value: str) -> None:
        self._bucket.write(str(key), value.encode())

    async def put_alike(self, key: coco.StableKey, value: str) -> None:
        await self.put(key, value)  # within the same second, which is how S3 gives times

    async def remove(self, key: coco.StableKey) -> None:
        self._bucket.client.delete_object(Bucket=self._bucket.name, Key=str(key))

    async def break_listing(self) -> None:
        for path in (f"/{self._bucket.name}", f"/{self._bucket.name}/"):
            self._bucket.server.answer("GET", path, "403 Forbidden", "AccessDenied")

    async def mend_listing(self) -> None:
        self._bucket.server.forget()


class TestObjects(SourceSuite):
    @pytest.fixture
    def driver(self, bucket: Bucket) -> Objects:
        return Objects(bucket)

"""Paths of objects: relative to the prefix of a walk, and the whole key.

Connector layer.
"""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath
from typing import Any, Self

from cocoindex.connectorkits import masked
from cocoindex.resources.file import FilePath


class S3FilePath(FilePath[str]):
    """The path of an object below a prefix, in a bucket.

    Args:
        bucket_name: the bucket.
        path: the key without the prefix.
        object_key: the whole key.
    """

    __slots__ = ("_bucket_name", "_object_key")

    def __init__(self, bucket_name: str, path: str | PurePath, *, object_key: str) -> None:
        super().__init__(None, PurePosixPath(path))
        self._bucket_name = bucket_name
        self._object_key = object_key

    @property
    def bucket_name(self) -> str:
        """The bucket."""
        return self._bucket_name

    def resolve(self) -> str:
        """Return the whole key of the object."""
        return self._object_key

    def _with_path(self, path: PurePath) -> Self:
        made = super()._with_path(path)
        made._bucket_name = self._bucket_name
        # The new key keeps the text before the path in the old key, which is usually the prefix of the listing.
        own, new = self.path.as_posix(), path.as_posix()
        made._object_key = self._object_key.removesuffix(own) + new if self._object_key.endswith(own) else new
        return made

    def __repr__(self) -> str:
        return masked(f"S3FilePath({self._bucket_name!r}, {self.path.as_posix()!r}, object_key={self._object_key!r})")

    def __coco_memo_key__(self) -> object:
        return (self._bucket_name, self.path.as_posix(), self._object_key)

    def _order(self) -> tuple[Any, ...]:
        return (True, self._bucket_name, self.path, self._object_key)

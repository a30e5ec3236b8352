"""A file that is read lazily and detects whether it has changed since the last run.

Resources layer: the base class of every connector's files.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable
from datetime import datetime
from typing import Final, Generic, TypeVar

from cocoindex import MemoStateOutcome, NonExistenceType, is_non_existence
from cocoindex.connectorkits import shown
from cocoindex.connectorkits.fingerprint import fingerprint_bytes

from ._decode import decode
from ._metadata import FileMetadata, as_utc
from ._path import FilePath
from .errors import FileArgumentError

_SIZE_BYTES: Final = 8

ResolvedPathT = TypeVar("ResolvedPathT")


class FileLike(ABC, Generic[ResolvedPathT]):
    """A file of some backend.

    As an argument of a memoized function it is identified by its path. Changes are detected in two steps: first by
    modification time and size and, only if these differ, by the fingerprint of the content. A file that was touched, or
    moved together with its base directory, is read once, but the function does not run again.

    A subclass implements `_fetch_metadata` and `_read_impl`, and overrides `_compute_content_fingerprint` if its
    backend has a cheaper way to compare contents.

    Args:
        file_path: path of the file.
        _metadata: metadata that is already known, for instance from listing a directory.
    """

    __slots__ = ("_content", "_fingerprint", "_known_metadata", "_known_path")

    def __init__(self, file_path: FilePath[ResolvedPathT], *, _metadata: FileMetadata | None = None) -> None:
        self._known_path: FilePath[ResolvedPathT] | None = file_path
        self._known_metadata = _metadata
        self._content: bytes | None = None
        self._fingerprint: bytes | None = None

    @property
    def file_path(self) -> FilePath[ResolvedPathT]:
        """The file's path; `file_path.path` is relative to the base directory."""
        assert self._known_path is not None
        return self._known_path

    @abstractmethod
    async def _fetch_metadata(self) -> FileMetadata:
        """Request size and modification time from the backend."""

    @abstractmethod
    async def _read_impl(self, size: int = -1) -> bytes:
        """Read the first `size` bytes from the backend, or all if `size` is negative."""

    async def _compute_content_fingerprint(self) -> bytes:
        metadata = await self._metadata()
        if metadata.content_fingerprint is not None:
            return metadata.content_fingerprint
        return bytes(fingerprint_bytes(await self.read()))

    async def _metadata(self) -> FileMetadata:
        if self._known_metadata is None:
            self._known_metadata = await self._fetch_metadata()
        return self._known_metadata

    async def size(self) -> int:
        """Return the size in bytes."""
        return (await self._metadata()).size

    async def read(self, size: int = -1) -> bytes:
        """Return the first `size` bytes, or the whole content if `size` is negative.

        The whole content is cached: later calls return the same bytes, even if the file changes.

        Raises:
            FileArgumentError: (a `TypeError`) `size` is not a whole number.
        """
        if not isinstance(size, int) or isinstance(size, bool):
            raise FileArgumentError(
                f"size= of read() of the file {str(self.file_path)!r} is a number of bytes, not {shown(size)}"
            )
        if self._content is not None:
            return self._content if size < 0 else self._content[:size]
        content = await self._read_impl(size)
        if size < 0:
            self._content = content
        return content

    async def read_text(self, encoding: str | None = None, errors: str = "replace") -> str:
        """Return the content as text.

        Args:
            encoding: the encoding; by default that of the byte order mark, which is removed from the text, or UTF-8 if
                there is no mark.
            errors: as in `bytes.decode`.

        Raises:
            FileArgumentError: (a `TypeError`) an argument is not a str.
        """
        for option, value in (("encoding", encoding or ""), ("errors", errors)):
            if not isinstance(value, str):
                raise FileArgumentError(f"{option}= of read_text() is a str, not {shown(value)}")
        return decode(await self.read(), encoding, errors)

    async def content_fingerprint(self) -> bytes:
        """Return a fingerprint of the content, usually 16 bytes; computed once."""
        if self._fingerprint is None:
            self._fingerprint = await self._compute_content_fingerprint()
        return self._fingerprint

    def __coco_memo_key__(self) -> object:
        return self.file_path.__coco_memo_key__()

    def __coco_memo_state__(
        self, prev_state: tuple[datetime, bytes] | NonExistenceType
    ) -> MemoStateOutcome | Awaitable[MemoStateOutcome]:
        return self._checked_state(prev_state)

    async def _checked_state(self, prev_state: tuple[datetime, bytes] | NonExistenceType) -> MemoStateOutcome:
        # Modification time and size are read before the content, so that the next run detects a change in between.
        metadata = await self._metadata()
        modified, size = as_utc(metadata.modified_time), metadata.size.to_bytes(_SIZE_BYTES, "big")
        if is_non_existence(prev_state):
            return MemoStateOutcome(state=(modified, size + await self.content_fingerprint()), memo_valid=False)
        known = prev_state[1]
        if prev_state[0] == modified and known.startswith(size):
            return MemoStateOutcome(state=prev_state, memo_valid=True)
        fingerprint = await self.content_fingerprint()
        return MemoStateOutcome(state=(modified, size + fingerprint), memo_valid=fingerprint == known[_SIZE_BYTES:])

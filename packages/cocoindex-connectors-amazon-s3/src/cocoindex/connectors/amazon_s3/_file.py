"""An object of a bucket; uses little memory, because a walk may list many thousands.

Connector layer.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from cocoindex import MemoStateOutcome, NonExistenceType, is_non_existence
from cocoindex.connectorkits import masked
from cocoindex.resources.file import FileLike, FileMetadata

from ._blame import blaming
from ._client import checked_client, in_thread
from ._file_path import S3FilePath
from ._location import Location
from ._read import read_object
from ._sent_client import SentClient, client_of, sent_client

if TYPE_CHECKING:
    from botocore.client import BaseClient

State: TypeAlias = "tuple[datetime, bytes]"
"""The stored state of an object: the time of its last change, and its size (8 bytes) followed by its ETag."""


class S3File(FileLike[str]):
    """An S3 object, read lazily.

    Changes are detected by its ETag, which a listing includes: an unchanged object needs no request.

    Args:
        client: an S3 client of boto3 or aiobotocore.
        file_path: path of the file.
        _metadata: metadata that is already known.
    """

    __slots__ = ("_client", "_etag", "_location", "_modified", "_relative", "_size")

    def __init__(self, client: BaseClient, file_path: S3FilePath, *, _metadata: FileMetadata | None = None) -> None:
        super().__init__(file_path)
        self._client = checked_client(client)
        self._location = Location(file_path.bucket_name, file_path.resolve())
        self._relative = file_path.as_posix()
        self._etag: str | None = None
        self._size = -1
        self._modified: datetime | None = None
        if _metadata is not None:
            self._size, self._modified = _metadata.size, _metadata.modified_time
            if _metadata.content_fingerprint is not None:
                self._etag = _metadata.content_fingerprint.decode()

    @property
    def file_path(self) -> S3FilePath:
        """Its path: `file_path.path` is the key without the prefix, `file_path.resolve()` the whole key."""
        if self._known_path is None:
            self._known_path = S3FilePath(self._location.bucket, self._relative, object_key=self._location.key)
        assert isinstance(self._known_path, S3FilePath)
        return self._known_path

    @property
    def version_id(self) -> str | None:
        """The requested version; None for the newest."""
        return self._location.version_id

    def __repr__(self) -> str:
        return masked(f"S3File({self._location.uri!r})")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without content and credentials: the other process reads the object with its own credentials."""
        described = (self._size, self._modified, self._etag)
        return _received_file, (sent_client(self._client), self._location, self._relative, described)

    def __coco_memo_key__(self) -> object:
        return (self._location.bucket, self._relative, self._location.key, self._location.version_id)

    def __coco_memo_state__(
        self, prev_state: State | NonExistenceType
    ) -> MemoStateOutcome | Awaitable[MemoStateOutcome]:
        return self._checked_later(prev_state) if self._modified is None else self._checked(prev_state)

    async def _checked_later(self, prev_state: State | NonExistenceType) -> MemoStateOutcome:
        await self._look()
        return self._checked(prev_state)

    def _checked(self, prev_state: State | NonExistenceType) -> MemoStateOutcome:
        assert self._modified is not None
        state = (self._modified.astimezone(UTC), self._size.to_bytes(8, "big") + (self._etag or "").encode())
        if is_non_existence(prev_state):
            return MemoStateOutcome(state=state, memo_valid=False)
        # The time has only whole seconds, so it counts only if there is no ETag.
        same = prev_state[1] == state[1] and (self._etag is not None or prev_state[0] == state[0])
        return MemoStateOutcome(state=prev_state if same and prev_state == state else state, memo_valid=same)

    async def _look(self) -> None:
        """Request size, time and ETag, unless they are known."""
        if self._modified is None:
            response = await in_thread(self._client, self._head)
            self._size, self._modified, self._etag = _described(response, "ContentLength")

    def _head(self) -> dict[str, Any]:
        with blaming(self._location.uri):
            response: dict[str, Any] = self._client.head_object(**self._location.request())
        return response

    async def _fetch_metadata(self) -> FileMetadata:
        await self._look()
        assert self._modified is not None
        return FileMetadata(self._size, self._modified, None if self._etag is None else self._etag.encode())

    async def _read_impl(self, size: int = -1) -> bytes:
        return await read_object(self._client, self._location, self._etag, size)


def known_file(
    client: BaseClient, location: Location, relative: str, listed: dict[str, Any] | None, size_name: str = "Size"
) -> S3File:
    """Return the file of an object; its path object is created only when it is needed.

    Args:
        client: the S3 client.
        location: the location of the object.
        relative: its key without the prefix of the listing.
        listed: its description in a response; None if not requested yet.
        size_name: the name of the size in that description.
    """
    file = object.__new__(S3File)
    file._known_path = None
    file._known_metadata = None
    file._content = None
    file._fingerprint = None
    file._client = client
    file._location = location
    file._relative = relative
    file._size, file._modified, file._etag = (-1, None, None) if listed is None else _described(listed, size_name)
    return file


def _received_file(
    sent: SentClient, location: Location, relative: str, described: tuple[int, datetime | None, str | None]
) -> S3File:
    file = known_file(client_of(sent), location, relative, None)
    file._size, file._modified, file._etag = described
    return file


def _described(response: dict[str, Any], size_name: str) -> tuple[int, datetime, str | None]:
    return response[size_name], response["LastModified"], response.get("ETag")

"""Reads the content of an object, and resumes after a broken connection.

Connector layer.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, Final

from cocoindex.connectorkits.retry import Backoff

from ._blame import blaming
from ._client import in_thread
from ._location import Location
from .errors import S3Error

if TYPE_CHECKING:
    from botocore.client import BaseClient

_PIECE: Final = 1024 * 1024
_ATTEMPTS: Final = 5


class _Download:
    """The received part of an object's content, and the requests for the rest.

    Args:
        client: the S3 client.
        location: the location of the object.
        etag: the ETag that the content must have; None accepts the current content, and requires its ETag for the rest.
        size: the number of bytes to read; negative for all.
    """

    def __init__(self, client: BaseClient, location: Location, etag: str | None, size: int) -> None:
        self._client = client
        self._location = location
        self._etag = etag
        self._size = size
        self._pieces: list[bytes] = []
        self._received = 0

    def content(self) -> bytes:
        """Return the received content."""
        return b"".join(self._pieces)

    def attempt(self) -> S3Error | None:
        """Request the missing part; return the error if the connection breaks, or None once all is received.

        Runs in a thread. boto3 itself retries until a response begins, but not if the connection breaks during one.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            with blaming(self._location.uri):
                response = self._client.get_object(**self._location.request(), **self._conditions())
        except S3Error as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and cause.response["Error"]["Code"] == "InvalidRange":
                return None  # the content ends before this position
            raise
        self._etag = response.get("ETag", self._etag)
        try:
            for piece in response["Body"].iter_chunks(_PIECE):
                self._pieces.append(piece)
                self._received += len(piece)
        except (BotoCoreError, OSError) as error:
            broken = S3Error(
                errno.EIO, f"the connection broke {_ATTEMPTS} times while it was read: {error}", self._location.uri
            )
            broken.__cause__ = error
            return broken
        return None

    def _conditions(self) -> dict[str, Any]:
        conditions = {} if self._etag is None else {"IfMatch": self._etag}
        if self._size >= 0:
            conditions["Range"] = f"bytes={self._received}-{self._size - 1}"
        elif self._received:
            conditions["Range"] = f"bytes={self._received}-"
        return conditions


async def read_object(client: BaseClient, location: Location, etag: str | None, size: int) -> bytes:
    """Return the first `size` bytes of an object, or all if `size` is negative.

    Args:
        client: the S3 client.
        location: the location of the object.
        etag: the ETag of the requested content; None for the current content.
        size: the number of bytes to read; negative for all.

    Raises:
        S3ObjectChangedError: (an `OSError`) the object has other content by now.
        S3NotFoundError: (a `FileNotFoundError`) the object does not exist.
        S3AccessDeniedError: (a `PermissionError`) the credentials do not allow reading it.
        S3Error: (an `OSError`) it could not be read.
        DeadlineExceededError: (a `TimeoutError`) the deadline of `coco.timeout()` passed before the next attempt.
    """
    if size == 0:
        return b""
    download = _Download(client, location, etag, size)
    backoff = Backoff(attempts=_ATTEMPTS)
    while (broken := await in_thread(client, download.attempt)) is not None:
        await backoff.pause(broken)
    return download.content()

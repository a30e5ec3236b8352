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
    """What is there of a content, and how to ask for the rest.

    Args:
        etag: what the content must be that of; None takes what is there, and asks the rest to be of the same.
        size: how many bytes are wanted; negative for all.
    """

    def __init__(self, client: BaseClient, location: Location, etag: str | None, size: int) -> None:
        self._client = client
        self._location = location
        self._etag = etag
        self._size = size
        self._pieces: list[bytes] = []
        self._received = 0

    def content(self) -> bytes:
        """Return what has been received."""
        return b"".join(self._pieces)

    def attempt(self) -> S3Error | None:
        """Ask for what is lacking; return the error where the connection breaks, None once all is there.

        Runs in a thread. boto3 itself tries again until it gets an answer, but not where the answer breaks off.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            with blaming(self._location.uri):
                response = self._client.get_object(**self._location.request(), **self._conditions())
        except S3Error as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and cause.response["Error"]["Code"] == "InvalidRange":
                return None  # there is nothing at and after that place
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
    """Return the first `size` bytes of an object, or all where `size` is negative.

    Args:
        etag: of the content that is wanted; None takes the one that is there.

    Raises:
        S3ObjectChangedError: (an `OSError`) the object has another content by now.
        S3NotFoundError: (a `FileNotFoundError`) it is gone.
        S3AccessDeniedError: (a `PermissionError`) the credentials do not allow reading it.
        S3Error: (an `OSError`) it could not be read.
        DeadlineExceededError: (a `TimeoutError`) the time of `coco.timeout()` ended before the next attempt.
    """
    if size == 0:
        return b""
    download = _Download(client, location, etag, size)
    backoff = Backoff(attempts=_ATTEMPTS)
    while (broken := await in_thread(client, download.attempt)) is not None:
        await backoff.pause(broken)
    return download.content()

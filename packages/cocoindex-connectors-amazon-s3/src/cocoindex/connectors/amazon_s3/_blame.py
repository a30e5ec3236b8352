"""Converts errors of botocore to errors that name the object or bucket and say what to do.

Connector layer.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from cocoindex.connectorkits import masked

from .errors import S3AccessDeniedError, S3Error, S3NotFoundError, S3ObjectChangedError

_NO_BUCKET: Final = frozenset({"NoSuchBucket"})
_DENIED: Final = frozenset({"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled"})
_MISSING: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404"})
_CHANGED: Final = frozenset({"PreconditionFailed", "412"})

_OF_OBJECT: Final = frozenset(
    {
        *("BadDigest", "EntityTooLarge", "EntityTooSmall", "InvalidArgument", "InvalidDigest", "InvalidRequest"),
        *("InvalidTag", "InvalidURI", "KeyTooLongError", "MetadataTooLarge", "XAmzContentSHA256Mismatch"),
    }
)
"""Error codes that mean that the store can be reached, but refuses this object."""


@contextmanager
def blaming(uri: str) -> Iterator[None]:
    """Convert errors of botocore and boto3 in the block to an `S3Error` that names `uri`."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _refused(error.response, error, uri) from error
    except (BotoCoreError, Boto3Error, ConnectionError) as error:
        if (text := masked(str(error))) != str(error):
            error.args = (text,)  # Python also prints the cause, with the password in the URL of the endpoint
        raise S3Error(errno.EIO, f"the request could not be made: {error}", uri) from error


def changed(uri: str) -> S3ObjectChangedError:
    """Return the error for an object that has changed since it was listed or checked."""
    return S3ObjectChangedError(errno.ESTALE, "the object changed after it was listed or checked; update again", uri)


def _refused(response: Any, error: Exception, uri: str) -> S3Error:
    code = str(response.get("Error", {}).get("Code", ""))
    if code in _NO_BUCKET:
        return S3NotFoundError(errno.ENOENT, "there is no such bucket; create it, or name another", uri)
    if code in _MISSING:
        return S3NotFoundError(errno.ENOENT, "there is no such object (or no such bucket or version)", uri)
    if code in _DENIED:
        return S3AccessDeniedError(
            errno.EACCES, f"the client's credentials do not allow this; allow it, or leave it out ({error})", uri
        )
    if code in _CHANGED:
        return changed(uri)
    if code in _OF_OBJECT:
        return S3Error(errno.EINVAL, f"the store refuses the object: {error}", uri)
    return S3Error(errno.EIO, f"the request failed: {error}", uri)

"""Errors of the S3 connector, all derived from `cocoindex.errors.CocoIndexError`. Connector layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class S3Error(CocoIndexError, OSError):
    """A request to S3 or a compatible store failed; the error names the object or the bucket."""


class S3NotFoundError(S3Error, FileNotFoundError):
    """The bucket, the object, or the version of the object does not exist."""


class S3AccessDeniedError(S3Error, PermissionError):
    """The credentials of the client do not allow a request."""


class S3ObjectChangedError(S3Error):
    """An object was overwritten after it was listed or checked, or while it was being read."""


class S3ArgumentError(CocoIndexError, ValueError):
    """Invalid bucket, key, prefix or limit."""


class S3ClientError(CocoIndexError, TypeError):
    """The client is not an S3 client of boto3 or aiobotocore."""

"""Errors of the S3 connector, all derived from `cocoindex.errors.CocoIndexError`. Connector layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class S3Error(CocoIndexError, OSError):
    """A request to S3, or to what speaks its protocol, failed; it names the object or the bucket."""


class S3NotFoundError(S3Error, FileNotFoundError):
    """There is no such bucket, object, or version of one."""


class S3AccessDeniedError(S3Error, PermissionError):
    """The credentials of the client do not allow a request."""


class S3ObjectChangedError(S3Error):
    """An object was written again between looking at it and reading it, or while it was read."""


class S3ArgumentError(CocoIndexError, ValueError):
    """Invalid bucket, key, prefix or limit."""


class S3ClientError(CocoIndexError, TypeError):
    """The client is not an S3 client of boto3."""

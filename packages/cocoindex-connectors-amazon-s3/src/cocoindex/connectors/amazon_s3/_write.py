"""Writes one object, unless somebody else's object has its key.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
from collections.abc import Collection
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from ._blame import blaming
from ._location import Location, payer
from ._object import Attempt, ObjectAction, ObjectSpec, fingerprint
from .errors import S3AccessDeniedError, S3Error, S3NotFoundError

if TYPE_CHECKING:
    from botocore.client import BaseClient

_LARGE: Final = 8 * 1024 * 1024  # bytes from which on an object is written in several parts
_TAKEN: Final = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
_MARKED_AS: Final = "cocoindex"
_UNKNOWN: Final = frozenset({"NotImplemented", "501", "InvalidArgument"})


def write_object(
    client: BaseClient, location: Location, action: ObjectAction, spec: ObjectSpec, attempt: Attempt
) -> bool:
    """Write an object; return False if somebody else has written it with the declared content already.

    Raises:
        S3Error: (an `OSError`) it could not be written, or somebody else's object with other content has its key.
    """
    known = spec.adopt or action.certain or attempt.done
    if not known and _is_taken(client, location, spec, attempt.mark):
        known = is_ours(client, location, (attempt.mark, *action.marks))
        if not known:
            return _refuse(client, location, spec)
    if known:
        _put(client, location, spec, attempt.mark)
    attempt.done = True
    return True


def _refuse(client: BaseClient, location: Location, spec: ObjectSpec) -> bool:
    """Return False if the existing object has the declared content, so that nothing is to be written; else raise."""
    if _is_as_declared(client, location, spec):
        return False
    raise S3Error(
        errno.EEXIST,
        "the object exists already, and this app did not write it; remove it, declare another key, or "
        "take it over with adopt=True",
        location.uri,
    )


def is_ours(client: BaseClient, location: Location, marks: Collection[bytes]) -> bool:
    """Say whether the existing object has one of these marks of objects that the app wrote, or was about to write."""
    try:
        with blaming(location.uri):
            metadata = client.head_object(**location.request()).get("Metadata", {})
    except S3NotFoundError:
        return False
    found = next((value for name, value in metadata.items() if name.lower() == _MARKED_AS), "")
    return found in {mark.hex() for mark in marks} - {""}


def _is_as_declared(client: BaseClient, location: Location, spec: ObjectSpec) -> bool:
    try:
        with blaming(location.uri):
            response = client.get_object(**location.request())
            content = b"".join(response["Body"].iter_chunks())
    except S3NotFoundError:
        return False
    found = fingerprint(content, response.get("ContentType", ""))
    return found == fingerprint(spec.content, spec.content_type)


def _is_taken(client: BaseClient, location: Location, spec: ObjectSpec, mark: bytes) -> bool:
    """Write the object if none exists; return whether one exists already."""
    if len(spec.content) >= _LARGE:
        try:
            with blaming(location.uri):
                client.head_object(**location.request())
            return True
        except S3NotFoundError:
            _put(client, location, spec, mark)
            return False
        except S3AccessDeniedError:  # no permission to read; writing is possible if the object does not exist
            pass
    return not _put_new(client, location, spec, mark)


def _put_new(client: BaseClient, location: Location, spec: ObjectSpec, mark: bytes) -> bool:
    """Write the object if none exists; return whether it was written."""
    from botocore.exceptions import ClientError

    with blaming(location.uri):
        try:
            client.put_object(IfNoneMatch="*", **_arguments(location, spec, mark))
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _TAKEN:
                return False
            if code not in _UNKNOWN:
                raise
        else:
            return True
        # The store does not support conditional requests: check whether the object exists first.
        try:
            client.head_object(**location.request())
        except ClientError as error:
            if str(error.response.get("Error", {}).get("Code", "")) not in ("404", "NoSuchKey"):
                raise
            client.put_object(**_arguments(location, spec, mark))
            return True
        return False


def _put(client: BaseClient, location: Location, spec: ObjectSpec, mark: bytes) -> None:
    with blaming(location.uri):
        if len(spec.content) < _LARGE or not hasattr(client, "upload_fileobj"):
            client.put_object(**_arguments(location, spec, mark))
        else:
            extra = {"ContentType": spec.content_type, "Metadata": {_MARKED_AS: mark.hex()}} | payer(
                location.request_payer
            )
            # boto3 writes the parts concurrently, retries each, and removes them if one fails in the end.
            client.upload_fileobj(BytesIO(spec.content), location.bucket, location.key, ExtraArgs=extra)


def _arguments(location: Location, spec: ObjectSpec, mark: bytes) -> dict[str, Any]:
    return {"Body": spec.content, **_described(spec, mark), **location.request()}


def _described(spec: ObjectSpec, mark: bytes) -> dict[str, Any]:
    return {"ContentType": spec.content_type, "Metadata": {_MARKED_AS: mark.hex()}}

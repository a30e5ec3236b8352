"""Writes one object, unless somebody else's object has its key.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import time
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ._blame import blaming
from ._location import Location, payer
from ._object import ObjectAction, ObjectSpec, fingerprint
from .errors import S3AccessDeniedError, S3Error, S3NotFoundError

if TYPE_CHECKING:
    from botocore.client import BaseClient

_LARGE: Final = 8 * 1024 * 1024  # bytes from which on an object is written in several parts
_TAKEN: Final = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
_SAME_CLOCK: Final = 2.0  # seconds of difference that do not count, as stores report whole seconds
_MARKED_AS: Final = "cocoindex"
_NO_ATTEMPT: Final = "-"
_UNKNOWN: Final = frozenset({"NotImplemented", "501", "InvalidArgument"})


def write_object(client: BaseClient, location: Location, action: ObjectAction, spec: ObjectSpec) -> bool:
    """Write an object; return False if somebody else has written it with the declared content already.

    Raises:
        S3Error: (an `OSError`) it could not be written, or somebody else's object with other content has its key.
    """
    attempt = action.attempt
    known = spec.adopt or action.certain or (attempt is not None and attempt.done)
    if not known and _is_taken(client, location, spec, _mark(action)):
        known = is_ours(client, location, action)
        if not known:
            return _refuse(client, location, spec)
    if known:
        _put(client, location, spec, _mark(action))
    if attempt is not None:
        attempt.done = True
    return True


def _refuse(client: BaseClient, location: Location, spec: ObjectSpec) -> bool:
    """Return False if the existing object has the declared content, so that nothing is to be written; else raise."""
    found = _fetch(client, location)
    if found is not None and found.fingerprint == _wanted(spec):
        return False
    raise S3Error(
        errno.EEXIST,
        "the object exists already, and this app did not write it; remove it, declare another key, or "
        "take it over with adopt=True",
        location.uri,
    )


def is_ours(client: BaseClient, location: Location, action: ObjectAction) -> bool:
    """Say whether the existing object was written by an earlier update, or by an earlier attempt of this action."""
    found = _fetch(client, location)
    if found is None:
        return False
    mark = _mark_of(found)
    if (
        action.attempt is not None
        and mark == action.attempt.mark
        and action.spec is not None
        and found.fingerprint == _wanted(action.spec)
    ):
        return True  # an attempt that succeeded, although its response was lost
    if found.fingerprint not in action.ours or (action.marked and not mark):
        return False
    return _is_since(found.response, action.since)


class _Found(NamedTuple):
    fingerprint: bytes
    response: dict[str, Any]


def _fetch(client: BaseClient, location: Location) -> _Found | None:
    try:
        with blaming(location.uri):
            response = client.get_object(**location.request())
            content = b"".join(response["Body"].iter_chunks())
    except S3NotFoundError:
        return None
    return _Found(fingerprint(content, response.get("ContentType", "")), response)


def _mark_of(found: _Found) -> str:
    marks = {name.lower(): value for name, value in found.response.get("Metadata", {}).items()}
    return str(marks.get(_MARKED_AS, ""))


def _wanted(spec: ObjectSpec) -> bytes:
    return fingerprint(spec.content, spec.content_type)


def _is_since(response: dict[str, Any], since: int) -> bool:
    """Say whether an object may have been written at or after `since`, a time of this machine's clock."""
    modified = response.get("LastModified")
    if modified is None or not since:
        return True
    ahead = _server_clock(response) - time.time()
    if abs(ahead) <= _SAME_CLOCK:
        return bool(modified.timestamp() >= since)
    return bool(modified.timestamp() - ahead >= since - _SAME_CLOCK)


def _server_clock(response: dict[str, Any]) -> float:
    said = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return parsedate_to_datetime(said).timestamp()
    except (TypeError, ValueError):
        return time.time()


def _mark(action: ObjectAction) -> str:
    return _NO_ATTEMPT if action.attempt is None else action.attempt.mark


def _is_taken(client: BaseClient, location: Location, spec: ObjectSpec, mark: str) -> bool:
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


def _put_new(client: BaseClient, location: Location, spec: ObjectSpec, mark: str) -> bool:
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


def _put(client: BaseClient, location: Location, spec: ObjectSpec, mark: str) -> None:
    with blaming(location.uri):
        if len(spec.content) < _LARGE or not hasattr(client, "upload_fileobj"):
            client.put_object(**_arguments(location, spec, mark))
        else:
            extra = {"ContentType": spec.content_type, "Metadata": {_MARKED_AS: mark}} | payer(location.request_payer)
            # boto3 writes the parts concurrently, retries each, and removes them if one fails in the end.
            client.upload_fileobj(BytesIO(spec.content), location.bucket, location.key, ExtraArgs=extra)


def _arguments(location: Location, spec: ObjectSpec, mark: str) -> dict[str, Any]:
    described = {"ContentType": spec.content_type, "Metadata": {_MARKED_AS: mark}}
    return {"Body": spec.content, **described, **location.request()}

"""Applies a batch of actions on objects concurrently; the changes are durable when the call returns.

Connector layer.
"""

from __future__ import annotations

import asyncio
import errno
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import cocoindex as coco
from cocoindex.connectorkits.target import Applied

from ._blame import blaming
from ._client import checked_client, in_thread
from ._location import Location, payer
from ._object import ObjectAction, ObjectRecord, as_record
from ._write import is_ours, write_object
from .errors import S3AccessDeniedError, S3Error, S3NotFoundError

if TYPE_CHECKING:
    from botocore.client import BaseClient

_REMOVED_AT_ONCE: Final = 1000  # the maximum that S3 accepts in one request


async def apply_objects(
    context: coco.ContextProvider, actions: Sequence[ObjectAction]
) -> dict[int, Applied[ObjectRecord]]:
    """Write and remove objects.

    Returns:
        By index of the action, a record for each object that somebody else wrote with the declared content.

    Raises:
        S3Error: (an `OSError`) an object could not be written or removed; the other actions were attempted all the
            same.
    """
    removed: defaultdict[tuple[str, str, bool], list[ObjectAction]] = defaultdict(list)
    writes: dict[int, asyncio.Future[bool]] = {}
    for at, action in enumerate(actions):
        client = _client(context, action.client)
        if action.spec is None or action.attempt is None:
            removed[action.client, action.bucket, action.request_payer].append(action)
        else:
            location = _location(action)
            writes[at] = in_thread(client, write_object, client, location, action, action.spec, action.attempt)
    removals = [
        _remove(_client(context, name), bucket, some, request_payer)
        for (name, bucket, request_payer), there in removed.items()
        for some in _portions(there)
    ]
    outcomes = await asyncio.gather(*writes.values(), *removals, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    found = [at for at, write in writes.items() if not write.result()]
    return {at: Applied(as_record(spec, theirs=True)) for at in found if (spec := actions[at].spec) is not None}


def _client(context: coco.ContextProvider, name: str) -> BaseClient:
    return checked_client(context.get(name), f"the value of the context key {name!r}")


def _location(action: ObjectAction) -> Location:
    return Location(action.bucket, action.key, None, action.request_payer)


def _portions(actions: list[ObjectAction]) -> Iterator[list[ObjectAction]]:
    return (actions[first : first + _REMOVED_AT_ONCE] for first in range(0, len(actions), _REMOVED_AT_ONCE))


async def _remove(client: BaseClient, bucket: str, actions: list[ObjectAction], request_payer: bool) -> None:
    """Remove objects of a bucket, except those that others have put in the place of the app's."""
    checks = [in_thread(client, _may_remove, client, action) for action in actions]
    await asyncio.wait(checks)
    keys = [action.key for action, check in zip(actions, checks, strict=True) if check.result()]
    if keys:
        await in_thread(client, _remove_objects, client, bucket, keys, request_payer)


def _may_remove(client: BaseClient, action: ObjectAction) -> bool:
    try:
        return is_ours(client, _location(action), action.marks)
    except S3AccessDeniedError:  # no permission to read, or none to list, with which a missing object is reported
        if not action.certain:
            raise
        return True


def _remove_objects(client: BaseClient, bucket: str, keys: list[str], request_payer: bool) -> None:
    try:
        with blaming(f"s3://{bucket}/{keys[0]}"):
            named = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
            response = client.delete_objects(Bucket=bucket, Delete=named, **payer(request_payer))
    except S3NotFoundError:  # the bucket was removed with its objects
        return
    if failures := response.get("Errors"):
        raise _not_removed(bucket, failures)


def _not_removed(bucket: str, failures: list[dict[str, Any]]) -> S3Error:
    first = failures[0]
    more = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
    text = f"the object could not be removed ({first.get('Code')}: {first.get('Message')}){more}"
    uri = f"s3://{bucket}/{first.get('Key')}"
    if first.get("Code") == "AccessDenied":
        return S3AccessDeniedError(errno.EACCES, f"{text}; allow the client s3:DeleteObject", uri)
    return S3Error(errno.EIO, text, uri)

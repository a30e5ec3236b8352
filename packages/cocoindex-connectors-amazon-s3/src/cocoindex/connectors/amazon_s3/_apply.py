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
    removed: defaultdict[tuple[str, str, bool], list[str]] = defaultdict(list)
    writes: dict[int, asyncio.Future[bool]] = {}
    removals: list[asyncio.Future[None]] = []
    for at, action in enumerate(actions):
        client = _client(context, action.client)
        location = Location(action.bucket, action.key, None, action.request_payer)
        if action.spec is not None:
            writes[at] = in_thread(client, write_object, client, location, action, action.spec)
        elif action.certain:
            removed[action.client, action.bucket, action.request_payer].append(action.key)
        else:
            removals.append(in_thread(client, _remove_if_ours, client, location, action))
    for (name, bucket, request_payer), keys in removed.items():
        client = _client(context, name)
        removals += [in_thread(client, _remove, client, bucket, some, request_payer) for some in _portions(keys)]
    outcomes = await asyncio.gather(*writes.values(), *removals, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    found = [at for at, write in writes.items() if not write.result()]
    return {at: Applied(as_record(spec, theirs=True)) for at in found if (spec := actions[at].spec) is not None}


def _client(context: coco.ContextProvider, name: str) -> BaseClient:
    return checked_client(context.get(name), f"the value of the context key {name!r}")


def _portions(keys: list[str]) -> Iterator[list[str]]:
    return (keys[first : first + _REMOVED_AT_ONCE] for first in range(0, len(keys), _REMOVED_AT_ONCE))


def _remove_if_ours(client: BaseClient, location: Location, action: ObjectAction) -> None:
    """Remove an object if an earlier update wrote it; it may never have been written."""
    if is_ours(client, location, action):
        _remove(client, location.bucket, [location.key], location.request_payer)


def _remove(client: BaseClient, bucket: str, keys: list[str], request_payer: bool) -> None:
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

"""Carries out a batch of actions on objects, many at a time; what was done lasts when the call returns.

Connector layer.
"""

from __future__ import annotations

import asyncio
import errno
from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import cocoindex as coco
from cocoindex.errors import S3AccessDeniedError, S3Error

from ._blame import blaming
from ._client import checked_client, in_thread
from ._location import Location, payer
from ._object import ObjectAction, ObjectSpec

if TYPE_CHECKING:
    from botocore.client import BaseClient

_LARGE: Final = 8 * 1024 * 1024  # bytes from which on an object is written in several parts
_REMOVED_AT_ONCE: Final = 1000  # as many as S3 takes


async def apply_objects(context: coco.ContextProvider, actions: Sequence[ObjectAction]) -> None:
    """Write and remove objects.

    Raises:
        S3Error: (an `OSError`) one of them could not be written or removed; all others were tried.
    """
    removed: defaultdict[tuple[str, str, bool], list[str]] = defaultdict(list)
    calls: list[asyncio.Future[None]] = []
    for action in actions:
        if action.spec is None:
            removed[action.client, action.bucket, action.request_payer].append(action.key)
        else:
            location = Location(action.bucket, action.key, None, action.request_payer)
            client = _client(context, action.client)
            calls.append(in_thread(client, _write, client, location, action.spec))
    for (name, bucket, request_payer), keys in removed.items():
        client = _client(context, name)
        calls += [in_thread(client, _remove, client, bucket, some, request_payer) for some in _portions(keys)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


def _client(context: coco.ContextProvider, name: str) -> BaseClient:
    return checked_client(context.get(name), f"the value of the context key {name!r}")


def _portions(keys: list[str]) -> Iterator[list[str]]:
    return (keys[first : first + _REMOVED_AT_ONCE] for first in range(0, len(keys), _REMOVED_AT_ONCE))


def _write(client: BaseClient, location: Location, spec: ObjectSpec) -> None:
    with blaming(location.uri):
        if len(spec.content) < _LARGE:
            client.put_object(Body=spec.content, ContentType=spec.content_type, **location.request())
        else:
            extra = {"ContentType": spec.content_type} | payer(location.request_payer)
            # boto3 writes the parts side by side, tries each again, and takes them back where one fails for good.
            client.upload_fileobj(BytesIO(spec.content), location.bucket, location.key, ExtraArgs=extra)


def _remove(client: BaseClient, bucket: str, keys: list[str], request_payer: bool) -> None:
    with blaming(f"s3://{bucket}/{keys[0]}"):
        named = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        response = client.delete_objects(Bucket=bucket, Delete=named, **payer(request_payer))
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

"""Refuses objects that an app both reads and writes in one update.

Connector layer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.update_local import update_local
from cocoindex.errors import CocoIndexError

from ._client import checked_client
from .errors import S3ArgumentError

if TYPE_CHECKING:
    from botocore.client import BaseClient

__all__ = ["Listing", "note_listing", "refuse_listed"]


class Listing(NamedTuple):
    """A listing that is used as a source.

    Attributes:
        client: the S3 client.
        lists: says whether the listing contains an object, given by bucket and key.
    """

    client: BaseClient
    lists: Callable[[str, str], bool]


def note_listing(listing: Listing) -> None:
    """Record a source of the running update; do nothing outside an update."""
    known = _listings()
    if known is not None and listing not in known:
        known.append(listing)


def refuse_listed(client: coco.ContextKey[BaseClient], bucket: str, key: str) -> None:
    """Raise `S3ArgumentError` if a listing of this update would contain an object with this key."""
    for listing in _listings() or ():
        if listing.lists(bucket, key) and _is_same_store(listing.client, client):
            raise S3ArgumentError(
                f"the object 's3://{bucket}/{key}' would be among those that this app lists as a source: what it "
                "writes would be read again. Write below another prefix, or leave these keys out of the listing with "
                "path_matcher=PatternFilePathMatcher(excluded_patterns=[...])"
            )


def _listings() -> list[Listing] | None:
    return update_local("cocoindex/amazon_s3/listings", list)


def _is_same_store(listed: BaseClient, key: coco.ContextKey[BaseClient]) -> bool:
    try:
        client: Any = checked_client(coco.use_context(key))
    except CocoIndexError:  # the client is invalid; the sink raises for it
        return False
    return bool(client.meta.endpoint_url == listed.meta.endpoint_url)

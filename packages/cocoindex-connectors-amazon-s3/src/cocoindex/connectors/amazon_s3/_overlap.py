"""Keeps the objects that an app reads apart from those that it writes, within one update.

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
    """What is listed as a source.

    Attributes:
        lists: says whether an object of a bucket, with a key, is one of it.
    """

    client: BaseClient
    lists: Callable[[str, str], bool]


def note_listing(listing: Listing) -> None:
    """Take note of a source, where an update runs."""
    known = _listings()
    if known is not None and listing not in known:
        known.append(listing)


def refuse_listed(client: coco.ContextKey[BaseClient], bucket: str, key: str) -> None:
    """Raise `S3ArgumentError` where this update has listed objects of which one with this key would be another."""
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
    except CocoIndexError:  # the sink says what is wrong with it
        return False
    return bool(client.meta.endpoint_url == listed.meta.endpoint_url)

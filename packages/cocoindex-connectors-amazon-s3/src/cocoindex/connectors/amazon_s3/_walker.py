"""The result of `list_objects`: a listing that starts whenever it is iterated.

Connector layer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias

from cocoindex.connectorkits import is_whole, shown
from cocoindex.connectorkits.batched_items import BatchedItems
from cocoindex.resources.file import FilePathMatcher, MissedPatterns, PatternFilePathMatcher, checked_matcher

from ._blame import blaming
from ._client import checked_client, in_thread
from ._file import S3File, known_file
from ._location import Location, checked_bucket, checked_flag, payer
from ._overlap import Listing, note_listing
from .errors import S3ArgumentError

if TYPE_CHECKING:
    from botocore.client import BaseClient

Item: TypeAlias = "tuple[str, S3File]"
_Wanted: TypeAlias = "Callable[[str], bool]"


class S3Items(BatchedItems[Item]):
    """The objects of a listing with their keys: pairs of the key without the prefix and the `S3File`.

    Iterate with `async for`, any number of times; each iteration is a new listing.
    """

    __slots__ = ("_bucket", "_client", "_limit", "_matcher", "_prefix", "_request_payer", "_wanted")

    def __init__(
        self,
        client: BaseClient,
        bucket: str,
        prefix: str,
        matcher: FilePathMatcher | None,
        limit: int | None,
        request_payer: bool,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._matcher = matcher
        self._wanted = _question(matcher)
        self._limit = limit
        self._request_payer = request_payer

    async def batches(self) -> AsyncGenerator[list[Item], None]:
        """Yield lists of up to 1000 pairs, one list per request."""
        note_listing(Listing(self._client, self._lists))
        matcher = self._matcher
        folder = self._prefix.rstrip("/").rpartition("/")[2]
        missed = matcher.missed_patterns(folder) if type(matcher) is PatternFilePathMatcher else None
        pages = iter(
            self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix, **payer(self._request_payer)
            )
        )
        while (batch := await in_thread(self._client, self._next_batch, pages, missed)) is not None:
            if batch:
                yield batch
        if missed is not None:
            missed.say(f"'s3://{self._bucket}/{self._prefix}'")

    def _lists(self, bucket: str, key: str) -> bool:
        """Say whether the listing contains an object with this key; its size is not considered."""
        relative = self._relative(key) if bucket == self._bucket and key.startswith(self._prefix) else ""
        return bool(relative) and self._wanted(relative)

    def _relative(self, key: str) -> str:
        """Return the part of a key after the prefix; empty if the object is not a file."""
        if key.endswith("/"):
            return ""  # an empty object that consoles create to show a folder
        relative = key[len(self._prefix) :]
        return relative if not self._prefix or self._prefix.endswith("/") else relative.removeprefix("/")

    def _next_batch(self, pages: Iterator[dict[str, Any]], missed: MissedPatterns | None) -> list[Item] | None:
        with blaming(f"s3://{self._bucket}/{self._prefix}"):
            page = next(pages, None)
        if page is None:
            return None
        return [item for listed in page.get("Contents", ()) if (item := self._item(listed, missed)) is not None]

    def _item(self, listed: dict[str, Any], missed: MissedPatterns | None) -> Item | None:
        key: str = listed["Key"]
        relative = self._relative(key)
        if not relative or (self._limit is not None and listed["Size"] > self._limit):
            return None
        wanted = self._wanted(relative)
        if missed is not None:
            missed.saw(relative, wanted=wanted)
        if not wanted:
            return None
        location = Location(self._bucket, key, None, self._request_payer)
        return relative, known_file(self._client, location, relative, listed)


class S3Walker:
    """The objects of a bucket; iterate with `async for`; see `list_objects`."""

    __slots__ = ("_items",)

    def __init__(
        self,
        client: BaseClient,
        bucket_name: str,
        *,
        prefix: str = "",
        path_matcher: FilePathMatcher | None = None,
        max_file_size: int | None = None,
        request_payer: bool = False,
    ) -> None:
        checked_matcher(path_matcher)
        if not isinstance(prefix, str):
            raise S3ArgumentError(f"prefix is a {type(prefix).__name__}, {shown(prefix)}; give a str, such as 'docs/'")
        if max_file_size is not None and not (is_whole(max_file_size) and max_file_size >= 0):
            raise S3ArgumentError(
                f"max_file_size is {shown(max_file_size)}; give a number of bytes, or None for no limit"
            )
        payer = checked_flag(request_payer, "request_payer")
        self._items = S3Items(
            checked_client(client), checked_bucket(bucket_name), prefix, path_matcher, max_file_size, payer
        )

    def items(self) -> S3Items:
        """Return pairs of key and file, for `mount_each`; a key is the object's key without the prefix."""
        return self._items

    async def __aiter__(self) -> AsyncIterator[S3File]:
        async with aclosing(self._items.batches()) as batches:
            async for batch in batches:
                for _, file in batch:
                    yield file


def list_objects(
    client: BaseClient,
    bucket_name: str,
    *,
    prefix: str = "",
    path_matcher: FilePathMatcher | None = None,
    max_file_size: int | None = None,
    request_payer: bool = False,
) -> S3Walker:
    """Return a listing of the objects of a bucket; no request is made before it is iterated over.

    Keys that end with a slash are omitted: consoles create them to show folders.

    Args:
        client: an S3 client of boto3 or aiobotocore, with its endpoint, credentials and number of attempts.
        bucket_name: the bucket, or the ARN of an access point.
        prefix: the prefix of the keys; not part of the relative paths. End it with a slash to name a folder.
        path_matcher: selects the objects to yield, by relative path; objects in an excluded directory are omitted, too.
            None selects all. It is called in another thread.
        max_file_size: larger objects, in bytes, are omitted.
        request_payer: whether you agree to pay for the requests, as "requester pays" buckets require.

    Raises:
        S3ClientError: (a `TypeError`) `client` is not a client of S3.
        S3ArgumentError: (a `ValueError`) another argument is invalid.

    Raises, when iterated:
        S3NotFoundError: (a `FileNotFoundError`) there is no such bucket.
        S3AccessDeniedError: (a `PermissionError`) the credentials do not allow listing it.
        S3Error: (an `OSError`) the listing failed before its end.
    """
    return S3Walker(
        client,
        bucket_name,
        prefix=prefix,
        path_matcher=path_matcher,
        max_file_size=max_file_size,
        request_payer=request_payer,
    )


def _question(matcher: FilePathMatcher | None) -> _Wanted:
    """Return a function that says whether to yield an object, by its relative path."""
    if matcher is None:
        return lambda _: True
    if type(matcher) is PatternFilePathMatcher:  # it accepts strings, and checks the directories itself
        return matcher.is_file_included

    def wanted(relative: str) -> bool:
        path = PurePosixPath(relative)
        above = list(path.parents)[-2::-1]  # from the outermost directory, without the root of the walk
        return all(matcher.is_dir_included(directory) for directory in above) and matcher.is_file_included(path)

    return wanted

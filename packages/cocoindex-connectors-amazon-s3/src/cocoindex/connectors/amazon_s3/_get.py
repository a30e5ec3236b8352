"""Gets single objects: with their metadata, or only their content.

Connector layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cocoindex.connectorkits import is_whole, shown

from ._client import checked_client
from ._file import S3File, known_file
from ._location import Location, checked_bucket, checked_flag, split_uri
from ._read import read_object
from .errors import S3ArgumentError

if TYPE_CHECKING:
    from botocore.client import BaseClient


async def get_object(
    client: BaseClient,
    bucket_name_or_uri: str,
    key: str | None = None,
    *,
    version_id: str | None = None,
    request_payer: bool = False,
) -> S3File:
    """Return one object, with its size, time and ETag.

    Args:
        client: an S3 client of boto3 or aiobotocore.
        bucket_name_or_uri: `s3://bucket/key`, or the name of the bucket.
        key: the key; omitted if a URI is given.
        version_id: a version of the object; None for the newest.
        request_payer: whether you agree to pay for the requests.

    Raises:
        S3ClientError: (a `TypeError`) `client` is not a client of S3.
        S3ArgumentError: (a `ValueError`) the arguments do not name an object.
        S3NotFoundError: (a `FileNotFoundError`) there is no such object.
        S3AccessDeniedError: (a `PermissionError`) the credentials do not allow reading it.
        S3Error: (an `OSError`) the request failed.
    """
    bucket, named = _named(bucket_name_or_uri, key)
    location = Location(bucket, named, _version(version_id), checked_flag(request_payer, "request_payer"))
    file = known_file(checked_client(client), location, named, None)
    await file.size()
    return file


async def read(
    client: BaseClient,
    uri: str,
    size: int = -1,
    *,
    version_id: str | None = None,
    request_payer: bool = False,
) -> bytes:
    """Return the content of one object, in a single request.

    Args:
        client: an S3 client of boto3 or aiobotocore.
        uri: `s3://bucket/key`.
        size: number of bytes to read; negative for all.
        version_id: a version of the object; None for the newest.
        request_payer: whether you agree to pay for the request.

    Raises: as `get_object`.
    """
    if not is_whole(size):
        raise S3ArgumentError(f"size is {shown(size)}; give a number of bytes, or -1 for all")
    location = Location(*split_uri(uri), _version(version_id), checked_flag(request_payer, "request_payer"))
    return await read_object(checked_client(client), location, None, size)


def _version(version_id: object) -> str | None:
    if version_id is None or (isinstance(version_id, str) and version_id):
        return version_id
    raise S3ArgumentError(f"version_id is {shown(version_id)}; give that of a version as a str, or None for the newest")


def _named(bucket_name_or_uri: str, key: str | None) -> tuple[str, str]:
    if isinstance(bucket_name_or_uri, str) and bucket_name_or_uri.startswith("s3://"):
        if key is not None:
            raise S3ArgumentError(
                f"the URI {shown(bucket_name_or_uri)} and the key {key!r} were both given; leave the key out"
            )
        return split_uri(bucket_name_or_uri)
    if not isinstance(key, str) or not key:
        raise S3ArgumentError(
            f"the key is {key!r}; give the key of an object beside the bucket {shown(bucket_name_or_uri)}, "
            "or a URI 's3://bucket/key' alone"
        )
    return checked_bucket(bucket_name_or_uri), key

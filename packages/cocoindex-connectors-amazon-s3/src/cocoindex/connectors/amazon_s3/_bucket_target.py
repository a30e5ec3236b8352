"""The API for target objects: single objects, and objects below a prefix of a bucket.

Connector layer.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import cocoindex as coco
from cocoindex.connectorkits import masked, shown

from ._location import checked_bucket, checked_flag
from ._object import as_spec, checked_name
from ._object_handler import objects
from ._overlap import refuse_listed
from .errors import S3ArgumentError

if TYPE_CHECKING:
    from botocore.client import BaseClient


class BucketTarget:
    """A prefix in a bucket whose objects are declared; those no longer declared are removed.

    Only declared objects are ever removed: the bucket itself and objects of others stay. Its memo key is the name of
    the client's key, the bucket and the prefix.

    Args:
        client: the key of an S3 client of boto3 or aiobotocore. The key's name is part of each object's identity, its
            value is not: with another client (other credentials, another address of the same store), objects keep their
            identity.
        bucket_name: the bucket, which must exist.
        prefix: the common prefix of all keys, such as "site/".
        request_payer: whether you agree to pay for the requests.
        adopt: whether existing objects with declared names are overwritten and belong to the app from then on. Without
            it, an existing object with other content is an error of the declaring component, and one with equal content
            is left when it is no longer declared.

    Raises:
        S3ArgumentError: (a `ValueError`) invalid argument.
    """

    __slots__ = ("_adopt", "_bucket", "_client", "_key", "_prefix", "_request_payer")

    def __init__(
        self,
        client: coco.ContextKey[BaseClient],
        bucket_name: str,
        *,
        prefix: str = "",
        request_payer: bool = False,
        adopt: bool = False,
    ) -> None:
        if not isinstance(client, coco.ContextKey):
            raise S3ArgumentError(
                f"client is a {type(client).__name__}, {shown(client)}; give the coco.ContextKey that the client is "
                "provided for, since objects are also removed when this program does not declare them any more"
            )
        if not isinstance(prefix, str):
            raise S3ArgumentError(f"prefix is a {type(prefix).__name__}, {shown(prefix)}; give a str, such as 'site/'")
        self._key = client
        self._client = client.key
        self._bucket = checked_bucket(bucket_name)
        self._prefix = prefix
        self._request_payer = checked_flag(request_payer, "request_payer")
        self._adopt = checked_flag(adopt, "adopt")

    def declare_object(self, name: str | PurePath, content: bytes | str, *, content_type: str | None = None) -> None:
        """Declare an object below the prefix.

        It is written atomically, and only if content or type changed.

        Args:
            name: the key without the prefix.
            content: bytes, or text to be written as UTF-8.
            content_type: such as "text/html"; by default derived from the key's suffix.

        Raises:
            S3ArgumentError: (a `ValueError`) the name is empty, leads out of the prefix, or is too long, or a listing
                that this update iterates as a source would contain the object.
            InvalidFileContentError: (a `TypeError`) `content` is neither bytes nor text that can be encoded as UTF-8.
            NoComponentError: (a `RuntimeError`) no component runs here.
        """
        key = checked_name(name, self._prefix)
        refuse_listed(self._key, self._bucket, key)
        spec = as_spec(key, content, content_type, self._request_payer, self._adopt)
        coco.declare_target_state(objects.target_state((self._client, self._bucket, key), spec))

    def __repr__(self) -> str:
        return masked(f"BucketTarget({self._client!r}, {self._bucket!r}, prefix={self._prefix!r})")

    def __coco_memo_key__(self) -> object:
        return (self._client, self._bucket, self._prefix, self._request_payer, self._adopt)


def declare_object(
    client: coco.ContextKey[BaseClient],
    bucket_name: str,
    key: str | PurePath,
    content: bytes | str,
    *,
    content_type: str | None = None,
    request_payer: bool = False,
    adopt: bool = False,
) -> None:
    """Declare one object; see `BucketTarget` for arguments and errors."""
    target = BucketTarget(client, bucket_name, request_payer=request_payer, adopt=adopt)
    target.declare_object(key, content, content_type=content_type)

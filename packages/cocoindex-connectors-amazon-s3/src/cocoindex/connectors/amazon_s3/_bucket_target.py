"""What a user declares: objects, by themselves or below a prefix of a bucket.

Connector layer.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import cocoindex as coco
from cocoindex.connectorkits import shown

from ._location import checked_bucket
from ._object import as_spec, checked_name
from ._object_handler import objects
from .errors import S3ArgumentError

if TYPE_CHECKING:
    from botocore.client import BaseClient


class BucketTarget:
    """A place in a bucket where objects are declared; those that no longer are, are removed.

    Only what was declared is ever removed: the bucket itself, and what others keep in it, stay. It is a value: its memo
    key is the name of the client's key, the bucket and the prefix.

    Args:
        client: the key that a client of S3, of boto3 or aiobotocore, is provided for. Its name is part of each object's
            identity, its value is not: another client (other credentials, another address of the same store) leaves all
            as it is.
        bucket_name: the bucket, which exists.
        prefix: what all keys begin with, such as "site/".
        request_payer: whether you agree to pay for the requests.
        adopt: whether objects that are there already under declared names are overwritten, and count as the app's from
            then on. Without it, one that is not just as declared is an error of the component that declares it, and
            one that is stays when it is no longer declared.

    Raises:
        S3ArgumentError: (a `ValueError`) one of them cannot be what it should.
    """

    __slots__ = ("_adopt", "_bucket", "_client", "_prefix", "_request_payer")

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
        self._client = client.key
        self._bucket = checked_bucket(bucket_name)
        self._prefix = prefix
        self._request_payer = request_payer
        self._adopt = adopt

    def declare_object(self, name: str | PurePath, content: bytes | str, *, content_type: str | None = None) -> None:
        """Declare an object below the prefix.

        It is written whole or not at all, and only when content or type changed.

        Args:
            name: the key without the prefix.
            content: bytes, or text to be written in UTF-8.
            content_type: such as "text/html"; None goes by what the key ends with.

        Raises:
            S3ArgumentError: (a `ValueError`) the name is empty, leads out of the prefix, or is too long.
            InvalidFileContentError: (a `TypeError`) `content` is neither bytes nor text that UTF-8 can hold.
            NoComponentError: (a `RuntimeError`) no component runs here.
        """
        key = checked_name(name, self._prefix)
        spec = as_spec(key, content, content_type, self._request_payer, self._adopt)
        coco.declare_target_state(objects.target_state((self._client, self._bucket, key), spec))

    def __repr__(self) -> str:
        return f"BucketTarget({self._client!r}, {self._bucket!r}, prefix={self._prefix!r})"

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
    """Declare one object; see `BucketTarget` for the arguments and what is raised."""
    target = BucketTarget(client, bucket_name, request_payer=request_payer, adopt=adopt)
    target.declare_object(key, content, content_type=content_type)

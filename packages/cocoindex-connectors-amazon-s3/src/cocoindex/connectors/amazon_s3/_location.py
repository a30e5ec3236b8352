"""The location of an object: bucket, key, version, and further arguments of each request for it.

Connector layer.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from cocoindex.connectorkits import shown

from .errors import S3ArgumentError

_SCHEME: Final = "s3://"


class Location(NamedTuple):
    """One object, or one version of it.

    Attributes:
        bucket: the name of the bucket.
        key: the key of the object.
        version_id: the version; None for the newest.
        request_payer: whether the caller agrees to pay for requests.
    """

    bucket: str
    key: str
    version_id: str | None = None
    request_payer: bool = False

    @property
    def uri(self) -> str:
        """`s3://bucket/key`, followed by the version if there is one."""
        return f"{_SCHEME}{self.bucket}/{self.key}" + (f"?versionId={self.version_id}" if self.version_id else "")

    def request(self) -> dict[str, str]:
        """Return the arguments of a request for this object."""
        named = {"Bucket": self.bucket, "Key": self.key}
        if self.version_id is not None:
            named["VersionId"] = self.version_id
        return named | payer(self.request_payer)


def payer(request_payer: bool) -> dict[str, str]:
    """Return the argument that says who pays for a request."""
    return {"RequestPayer": "requester"} if request_payer else {}


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of `s3://bucket/key`.

    Raises:
        S3ArgumentError: (a `ValueError`) it is not such a URI.
    """
    if isinstance(uri, str) and uri.startswith(_SCHEME):
        bucket, _, key = uri[len(_SCHEME) :].partition("/")
        if bucket and key:
            return bucket, key
    raise S3ArgumentError(f"{shown(uri)} is not the URI of an object; write it as 's3://bucket/key'")


def checked_flag(value: object, option: str) -> bool:
    """Return `value`; raise `S3ArgumentError` (a `ValueError`), which names `option`, if it is not a bool."""
    if not isinstance(value, bool):
        raise S3ArgumentError(f"{option}= is True or False, not {shown(value)}")
    return value


def checked_bucket(bucket: object) -> str:
    """Return the name of a bucket, or the ARN of an access point; raise `S3ArgumentError` if it is not a name."""
    if isinstance(bucket, str) and bucket and not bucket.startswith(_SCHEME):
        return bucket
    raise S3ArgumentError(f"the bucket is {shown(bucket)}; give its name alone, such as 'my-bucket'")

"""Declared objects: their names, specifications, stored records and actions.

Connector layer.
"""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Collection
from pathlib import PurePath
from typing import Final, NamedTuple, TypeAlias

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.fingerprint import fingerprint_object
from cocoindex.resources.file.errors import InvalidFileContentError

from .errors import S3ArgumentError

ObjectKey: TypeAlias = "tuple[str, str, str]"
"""The name of the client's context key, the bucket, and the object's key."""

ObjectRecord: TypeAlias = bytes
"""The stored record of an object: a byte of flags, its fingerprint (16 bytes), and the mark of the app's object (8)."""

_PAID, _THEIRS = 1, 2
_FINGERPRINT: Final = slice(1, 17)
_MARK: Final = slice(17, None)

_LONGEST_KEY: Final = 1024  # bytes, the limit of S3
_NOT_IN_XML: Final = "\ufffe\uffff"
"""Characters, besides control characters, that the body of a request to remove objects cannot contain."""


class ObjectSpec(NamedTuple):
    """An object that should exist.

    Attributes:
        content: its content.
        content_type: its media type.
        request_payer: whether the caller agrees to pay for requests.
        adopt: whether an existing object is taken over.
    """

    content: bytes
    content_type: str
    request_payer: bool
    adopt: bool = False


class Attempt:
    """The state of a write, which is kept if the same batch is retried because other actions failed.

    Attributes:
        done: whether the object was written.
        mark: random bytes that the metadata of the object contains, as they show that this attempt wrote it.
    """

    __slots__ = ("done", "mark")

    def __init__(self) -> None:
        self.done = False
        self.mark = secrets.token_bytes(8)


class ObjectAction(NamedTuple):
    """The action on one object.

    Attributes:
        client: the name of the context key that provides the client.
        bucket: the name of the bucket.
        key: the key of the object.
        spec: the declared object; None to remove it.
        request_payer: whether to agree to pay for the request.
        marks: the marks of the objects that earlier updates wrote there, or were about to write.
        certain: whether one of them existed there when the last update ended.
        attempt: the state of a write; None for a removal.
    """

    client: str
    bucket: str
    key: str
    spec: ObjectSpec | None
    request_payer: bool
    marks: tuple[bytes, ...] = ()
    certain: bool = False
    attempt: Attempt | None = None

    def __repr__(self) -> str:
        """Return the text for a preview."""
        where = repr(f"s3://{self.bucket}/{self.key}")
        return f"<remove {where}>" if self.spec is None else f"<write {where}: {len(self.spec.content)} bytes>"


def as_spec(
    key: str, content: bytes | str, content_type: str | None, request_payer: bool, adopt: bool = False
) -> ObjectSpec:
    """Return the declared object; encode text as UTF-8, and derive a missing content type from the key.

    Raises:
        InvalidFileContentError: (a `TypeError`) `content` is neither bytes nor text that can be encoded as UTF-8.
        S3ArgumentError: (a `ValueError`) `content_type` is not text.
    """
    if content_type is None:
        guessed = mimetypes.guess_type(key, strict=False)[0] or "application/octet-stream"
        is_text = isinstance(content, str) and guessed.startswith("text/")
        content_type = f"{guessed}; charset=utf-8" if is_text else guessed
    if not isinstance(content_type, str) or not content_type.isascii() or not content_type.isprintable():
        raise S3ArgumentError(
            f"content_type of the object {key!r} is {shown(content_type)}; give one such as 'text/html'"
        )
    return ObjectSpec(_as_bytes(key, content), content_type, bool(request_payer), bool(adopt))


def checked_name(name: str | PurePath, prefix: str) -> str:
    """Return the key of an object: `prefix` and `name`, with forward slashes.

    Raises:
        S3ArgumentError: (a `ValueError`) the name is empty, leads out of the prefix, or is invalid for an object.
    """
    if not isinstance(name, str | PurePath):
        raise S3ArgumentError(f"the name of an object is a {type(name).__name__}, {shown(name)}; give a str or a path")
    text = name if isinstance(name, str) else name.as_posix()
    key = prefix + text
    if not text or text == ".":
        raise S3ArgumentError(f"the name of an object below {prefix!r} is empty; name the object")
    if text.startswith("/") or not {".", ".."}.isdisjoint(text.split("/")):
        raise S3ArgumentError(f"the name {text!r} leads out of {prefix!r}; use one without '.', '..' and a leading '/'")
    try:
        length = len(key.encode())
    except UnicodeEncodeError as error:
        raise S3ArgumentError(f"the key {key!r} cannot be written as UTF-8: {error}") from error
    if length > _LONGEST_KEY:
        raise S3ArgumentError(f"the key {key!r} has {length} bytes; S3 takes {_LONGEST_KEY}, so use a shorter one")
    if any(character < " " or character in _NOT_IN_XML for character in key):
        raise S3ArgumentError(
            f"the key {key!r} contains a control character or U+FFFE or U+FFFF, which some S3 requests cannot encode"
        )
    return key


def as_record(spec: ObjectSpec, *, theirs: bool = False, mark: bytes = b"") -> ObjectRecord:
    """Return the record of an object to write, or of an existing one with the declared content (`theirs`)."""
    flags = _PAID * spec.request_payer + _THEIRS * theirs
    return bytes([flags]) + fingerprint(spec.content, spec.content_type) + mark


def fingerprint(content: bytes, content_type: str) -> bytes:
    """Return a 16-byte fingerprint of an object's content and content type."""
    return bytes(fingerprint_object((content, content_type)))


def is_as(record: ObjectRecord, wanted: ObjectRecord) -> bool:
    """Say whether two records have the same fingerprint and request payer, no matter who wrote the objects."""
    return record[0] & _PAID == wanted[0] & _PAID and record[_FINGERPRINT] == wanted[_FINGERPRINT]


def marks(records: Collection[ObjectRecord]) -> tuple[bytes, ...]:
    """Return the marks of objects that earlier updates wrote."""
    return tuple(record[_MARK] for record in records if not record[0] & _THEIRS)


def is_paid_for(records: Collection[ObjectRecord]) -> bool:
    """Say whether one of the records is of an object that was written with `request_payer`."""
    return any(record[0] & _PAID for record in records)


def _as_bytes(key: str, content: bytes | str) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        try:
            return content.encode()
        except UnicodeEncodeError as error:
            raise InvalidFileContentError(
                f"the content declared for the object {key!r} cannot be written as UTF-8: {error}; "
                "encode it to bytes yourself"
            ) from error
    raise InvalidFileContentError(
        f"the content declared for the object {key!r} is a {type(content).__name__}; give bytes or a str"
    )

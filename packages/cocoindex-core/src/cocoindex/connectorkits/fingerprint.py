"""Fingerprints for connectors: they show whether a target state has changed.

Layer: connectorkits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TypeAlias
from uuid import UUID

from cocoindex._shown import shown

from .._values import Fingerprint as Fingerprint
from .._values import fingerprint as _fingerprint
from .._values import hash16 as _hash16
from ..errors import ConnectorKitError

Fingerprintable: TypeAlias = (
    bool
    | int
    | float
    | str
    | bytes
    | UUID
    | Fingerprint
    | Sequence["Fingerprintable"]
    | Mapping["Fingerprintable", "Fingerprintable"]
    | Set["Fingerprintable"]
    | None
)

__all__ = ["Fingerprint", "Fingerprintable", "fingerprint_bytes", "fingerprint_object", "fingerprint_str"]


def fingerprint_object(obj: object) -> bytes:
    """Return the fingerprint of a value, 16 bytes, as used in memo keys; the same in every process.

    Raises:
        MemoKeyError: the value, or something in it, has no content that can be encoded.
    """
    return _fingerprint(obj)


def fingerprint_bytes(data: bytes) -> bytes:
    """Return the fingerprint of bytes, 16 bytes; faster than `fingerprint_object`, and with another result.

    Raises:
        ConnectorKitError: (a TypeError) `data` is not bytes or a buffer of bytes.
    """
    if data is not None:
        try:
            return _hash16(data)
        except (TypeError, BufferError):
            pass
    raise ConnectorKitError(
        f"fingerprint_bytes() takes bytes, not {shown(data)}; fingerprint_object() takes other values"
    )


def fingerprint_str(s: str) -> bytes:
    """Return the fingerprint of a string encoded as UTF-8, 16 bytes; lone surrogates are encoded too.

    Raises:
        ConnectorKitError: (a TypeError) `s` is not a str.
    """
    if not isinstance(s, str):
        raise ConnectorKitError(
            f"fingerprint_str() takes a str, not {shown(s)}; fingerprint_object() takes other values"
        )
    return _hash16(s.encode("utf-8", "surrogatepass"))

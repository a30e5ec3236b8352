"""Fingerprints of values: equal for equal content, in any process.

Layer `_values`.
"""

from __future__ import annotations

from functools import total_ordering
from typing import final

from ._canonical import canonical_bytes
from ._hash16 import hash16


@final
@total_ordering
class Fingerprint:
    """An immutable digest of 16 bytes; ordered and hashable."""

    __module__ = "cocoindex.connectorkits.fingerprint"  # where it is public
    __slots__ = ("_digest",)
    _digest: bytes

    def __init__(self, digest: bytes) -> None:
        self._digest = digest

    def as_bytes(self) -> bytes:
        """Return the digest, 16 bytes."""
        return self._digest

    def to_base64(self) -> str:
        """Return the digest in base64, for humans."""
        import base64

        return base64.b64encode(self._digest).decode("ascii")

    def __bytes__(self) -> bytes:
        return self._digest

    def __str__(self) -> str:
        return f"#{self._digest.hex()}"

    def __repr__(self) -> str:
        return f"Fingerprint({self})"

    def __eq__(self, other: object) -> bool:
        return self._digest == other._digest if isinstance(other, Fingerprint) else NotImplemented

    def __lt__(self, other: Fingerprint) -> bool:
        return self._digest < other._digest if isinstance(other, Fingerprint) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._digest)

    def __reduce__(self) -> tuple[type[Fingerprint], tuple[bytes]]:
        return Fingerprint, (self._digest,)


def fingerprint(obj: object) -> bytes:
    """Return the digest of a value's canonical encoding, 16 bytes.

    Raises:
        MemoKeyError: as `canonical_bytes`.
    """
    return hash16(canonical_bytes(obj))


def memo_fingerprint(obj: object) -> Fingerprint:
    """Return the fingerprint of `obj` in memo keys; it changes when the content of `obj` changes.

    Raises:
        MemoKeyError: as `canonical_bytes`.
    """
    return Fingerprint(fingerprint(obj))

"""Hashes of 16 bytes: a cryptographic one, and a fast one.

Layer `_values`.
"""

from __future__ import annotations

from _blake2 import blake2b  # the one of hashlib, which takes 2 ms to import, because it loads OpenSSL
from typing import Final

from blake3 import blake3
from xxhash import xxh3_128_digest

# From this size on, blake3 is faster, because it processes several blocks at once; below it takes up to 1.7 times as
# long.
_LONG: Final = 2048


def hash16(data: bytes) -> bytes:
    """Return a cryptographic hash (16 bytes), for untrusted data: arguments, contents, memo keys."""
    return blake2b(data, digest_size=16).digest() if len(data) < _LONG else blake3(data).digest(16)


def fast_hash16(data: bytes) -> bytes:
    """Return a fast hash (xxh3, 16 bytes), for data defined by the code itself; collisions can be created on
    purpose."""
    return xxh3_128_digest(data)

"""Hashes of 16 bytes: one that nobody can make collide on purpose, and a fast one.

Layer `_values`.
"""

from __future__ import annotations

from _blake2 import blake2b  # that of hashlib, which takes 2 ms to import, as it loads OpenSSL
from typing import Final

from blake3 import blake3
from xxhash import xxh3_128_digest

# From here on blake3, which then works at several blocks at a time, is the faster one; below it takes up to 1.7 times.
_LONG: Final = 2048


def hash16(data: bytes) -> bytes:
    """A cryptographic hash (16 bytes), for what a stranger may have written: arguments, contents, memo keys."""
    return blake2b(data, digest_size=16).digest() if len(data) < _LONG else blake3(data).digest(16)


def fast_hash16(data: bytes) -> bytes:
    """A fast hash (xxh3, 16 bytes), for what the code itself defines; collisions can be made on purpose."""
    return xxh3_128_digest(data)

"""Hashes of 16 bytes: one that nobody can make collide on purpose, and a fast one.

Layer `_values`.
"""

from __future__ import annotations

from blake3 import blake3
from xxhash import xxh3_128_digest


def hash16(data: bytes) -> bytes:
    """A cryptographic hash (blake3, 16 bytes), for what a stranger may have written: arguments, contents, memo keys."""
    return blake3(data).digest(16)


def fast_hash16(data: bytes) -> bytes:
    """A fast hash (xxh3, 16 bytes), for what the code itself defines; collisions can be made on purpose."""
    return xxh3_128_digest(data)

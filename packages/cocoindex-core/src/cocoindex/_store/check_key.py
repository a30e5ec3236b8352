"""Checks that a key fits into the store; the engine creates only such keys.

Layer `_store`.
"""

from __future__ import annotations

from typing import Final

from cocoindex.errors import StoreKeyError

# The limit of LMDB.
MAX_KEY_BYTES: Final = 511


def check_key(key: bytes, path: str) -> None:
    """Raise `StoreKeyError` unless the key can be stored."""
    if not 0 < len(key) <= MAX_KEY_BYTES:
        raise StoreKeyError(
            f"internal error: a key of {len(key)} bytes was to be written to {path}, which holds 1 to {MAX_KEY_BYTES};"
            f" nothing was written; please report it with this beginning of the key: {key[:80]!r}"
        )

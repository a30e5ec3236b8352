"""Reads ranges of any length page by page.

Layer `_store`. It ends even with damaged files, because every store returns strictly ascending keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .interface import AppStore


def rows(store: AppStore, prefix: bytes, *, chunk: int = 1024) -> Iterator[tuple[bytes, bytes]]:
    """Yield all pairs whose keys begin with `prefix`, in order, each of the moment when its page was read."""
    after: bytes | None = None
    while page := store.scan(prefix, after=after, limit=chunk):
        yield from page
        if len(page) < chunk:
            return
        after = page[-1][0]


def keys(store: AppStore, prefix: bytes, *, chunk: int = 1024) -> Iterator[bytes]:
    """Yield all keys that begin with `prefix`, in order."""
    after: bytes | None = None
    while page := store.scan_keys(prefix, after=after, limit=chunk):
        yield from page
        if len(page) < chunk:
            return
        after = page[-1]

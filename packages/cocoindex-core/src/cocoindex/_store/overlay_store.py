"""An app's records with an overlay of writes in memory, which never reach the store below.

Layer `_store`; for reading only, such as the preview of an update.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .interface import AppStore, Snapshot


class OverlayStore:
    """The records of one app as they would be after the writes; it sees later commits of others below."""

    def __init__(self, below: AppStore) -> None:
        self._below = below
        self._mutex = threading.RLock()
        self._writes: dict[bytes, bytes | None] = {}
        self._dropped: tuple[bytes, ...] = ()
        self._keys: list[bytes] | None = None

    @property
    def name(self) -> str:
        return self._below.name

    def get(self, key: bytes) -> bytes | None:
        return self.get_many([key])[0]

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        with self._mutex:
            return self._merged(keys, self._below.get_many(keys))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self._mutex, self._below.snapshot() as below:
            yield _OverlaySnapshot(self, below)

    def scan(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[tuple[bytes, bytes]]:
        with self._mutex:
            keys = self.scan_keys(prefix, after=after, limit=limit)
            # A key that was removed below in the meantime is left out.
            return [(key, value) for key, value in zip(keys, self.get_many(keys), strict=True) if value is not None]

    def scan_keys(self, prefix: bytes, *, after: bytes | None = None, limit: int = 1024) -> list[bytes]:
        with self._mutex:
            found = self._kept_below(prefix, after, limit)
            found += self._written(prefix, after)
            return sorted(found)[: max(limit, 0)]

    def apply(self, writes: Mapping[bytes, bytes | None], drop_prefixes: Sequence[bytes] = ()) -> None:
        with self._mutex:
            if drop_prefixes:
                dropped = tuple(drop_prefixes)
                self._writes = {key: value for key, value in self._writes.items() if not key.startswith(dropped)}
                self._dropped = tuple(dict.fromkeys(self._dropped + dropped))
            self._writes.update(writes)
            self._keys = None

    def clear(self) -> None:
        self.apply({}, [b""])

    def merged_value(self, key: bytes, below: bytes | None) -> bytes | None:
        """Return the value of a key, given its value below."""
        if key in self._writes:
            return self._writes[key]
        return None if key.startswith(self._dropped) else below

    def _merged(self, keys: Sequence[bytes], below: Sequence[bytes | None]) -> list[bytes | None]:
        return [self.merged_value(key, value) for key, value in zip(keys, below, strict=True)]

    def _kept_below(self, prefix: bytes, after: bytes | None, limit: int) -> list[bytes]:
        """Return up to `limit` keys below that are neither overwritten nor dropped."""
        kept: list[bytes] = []
        while len(kept) < limit and (chunk := self._below.scan_keys(prefix, after=after, limit=limit)):
            kept += [key for key in chunk if key not in self._writes and not key.startswith(self._dropped)]
            after = chunk[-1]
        return kept

    def _written(self, prefix: bytes, after: bytes | None) -> list[bytes]:
        if self._keys is None:
            self._keys = sorted(key for key, value in self._writes.items() if value is not None)
        start = bisect_left(self._keys, prefix)
        if after is not None:
            start = max(start, bisect_right(self._keys, after))
        return list(takewhile(lambda key: key.startswith(prefix), self._keys[start:]))


class _OverlaySnapshot:
    def __init__(self, store: OverlayStore, below: Snapshot) -> None:
        self._store = store
        self._below = below

    def get(self, key: bytes, /) -> bytes | None:
        return self._store.merged_value(key, self._below.get(key))

    def find(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        wanted = list(keys)
        below = self._below.find(wanted)
        return {key: value for key in wanted if (value := self._store.merged_value(key, below.get(key))) is not None}

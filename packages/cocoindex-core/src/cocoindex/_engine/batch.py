"""The writes of one transaction, collected in memory, with reads that see them. Layer: _engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._store.interface import AppStore, Snapshot

_FEW = 3
"""So many keys are worth a cursor; fewer are read one by one."""


class Batch:
    """Writes of one transaction; `get` sees them before they are committed.

    Attributes:
        claims: the components whose claims on a target state were put, because these must be found before the commit.
    """

    __slots__ = ("_dropped", "_snapshot", "_store", "_writes", "claims")

    def __init__(self, store: AppStore) -> None:
        self._store = store
        self._snapshot: Snapshot | None = None
        self._writes: dict[bytes, bytes | None] = {}
        self._dropped: list[bytes] = []
        self.claims: dict[bytes, list[bytes]] = {}

    def another(self) -> Batch:
        """Return an empty batch of the same store, for reads in any thread."""
        return Batch(self._store)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Use one read transaction for the block, which must not await anything else."""
        with self._store.snapshot() as snapshot:
            self._snapshot = snapshot
            try:
                yield
            finally:
                self._snapshot = None

    def get(self, key: bytes) -> bytes | None:
        if key in self._writes:
            return self._writes[key]
        if self._dropped and key.startswith(tuple(self._dropped)):
            return None
        return (self._snapshot or self._store).get(key)

    def find(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the existing keys among `keys`, with their values. Call it inside `reading`."""
        assert self._snapshot is not None
        if len(keys) < _FEW or self._dropped or not self._writes.keys().isdisjoint(keys):
            return {key: value for key in keys if (value := self.get(key)) is not None}
        return self._snapshot.find(keys)

    def put(self, key: bytes, value: bytes) -> None:
        self._writes[key] = value

    def delete(self, key: bytes) -> None:
        self._writes[key] = None

    def drop(self, prefix: bytes) -> None:
        """Delete everything that starts with `prefix`, written here or before."""
        for key in [key for key in self._writes if key.startswith(prefix)]:
            del self._writes[key]
        self._dropped.append(prefix)

    def has_any(self, prefix: bytes) -> bool:
        """Return whether a key with `prefix` is in the store or put by this batch."""
        put = any(key.startswith(prefix) and value is not None for key, value in self._writes.items())
        return put or next(self.scan_stored_keys(prefix, 1), None) is not None

    def scan_stored_keys(self, prefix: bytes, chunk: int = 1024) -> Iterator[bytes]:
        """Yield the keys with `prefix` that are in the store, ignoring the writes of this batch."""
        after: bytes | None = None
        while True:
            keys = self._store.scan_keys(prefix, after=after, limit=chunk)
            yield from keys
            if len(keys) < chunk:
                return
            after = keys[-1]

    def stored_keys(self, prefix: bytes) -> list[bytes]:
        """Return all keys of `scan_stored_keys`."""
        return list(self.scan_stored_keys(prefix))

    def latest(self, key: bytes, stored: bytes) -> bytes | None:
        """Return the value of a key that `stored_rows` has given, after the writes of this batch."""
        return self._writes.get(key, stored)

    def stored_rows(self, prefix: bytes) -> list[tuple[bytes, bytes]]:
        """Like `stored_keys`, with the values."""
        found: list[tuple[bytes, bytes]] = []
        while True:
            chunk = self._store.scan(prefix, after=found[-1][0] if found else None, limit=1024)
            found += chunk
            if len(chunk) < 1024:
                return found

    def commit(self) -> None:
        """Commit all writes durably, or none."""
        if self._writes or self._dropped:
            self._store.apply(self._writes, self._dropped)

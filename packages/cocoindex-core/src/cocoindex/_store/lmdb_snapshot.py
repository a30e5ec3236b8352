"""Reads of one app's records in one LMDB transaction.

Layer `_store`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .lmdb_scan import Handle, Transaction
from .partition import partition_of


class LmdbSnapshot:
    """What a reading transaction sees."""

    __slots__ = ("_handles", "_transaction")

    def __init__(self, transaction: Transaction, handles: Sequence[Handle]) -> None:
        self._transaction = transaction
        self._handles = handles

    def get(self, key: bytes, /) -> bytes | None:
        return self._transaction.get(key, None, self._handles[partition_of(key)])

    def find(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for number in set(map(partition_of, keys)):
            found.update(self._transaction.cursor(self._handles[number]).getmulti(keys))
        return found


class EmptySnapshot:
    """Of an app whose records were never written."""

    __slots__ = ()

    def get(self, _key: bytes, /) -> bytes | None:
        return None

    def find(self, _keys: Collection[bytes]) -> dict[bytes, bytes]:
        return {}

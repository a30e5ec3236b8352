"""Reads of one app's records in one LMDB transaction.

Layer `_store`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .lmdb_errors import LMDB_ERRORS, explain
from .lmdb_scan import Handle, Transaction
from .partition import partition_of


class LmdbSnapshot:
    """The view of a read transaction; errors of LMDB are raised as errors of the store."""

    __slots__ = ("_handles", "_path", "_transaction")

    def __init__(self, transaction: Transaction, handles: Sequence[Handle], path: str) -> None:
        self._transaction = transaction
        self._handles = handles
        self._path = path

    def get(self, key: bytes, /) -> bytes | None:
        try:
            return self._transaction.get(key, None, self._handles[partition_of(key)])
        except LMDB_ERRORS as error:
            raise explain(error, self._path) from error

    def find(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        try:
            for kind in {key[:1] for key in keys}:
                found.update(self._transaction.cursor(self._handles[partition_of(kind)]).getmulti(keys))
        except LMDB_ERRORS as error:
            raise explain(error, self._path) from error
        return found


class EmptySnapshot:
    """The snapshot of an app whose records were never written."""

    __slots__ = ()

    def get(self, _key: bytes, /) -> bytes | None:
        return None

    def find(self, _keys: Collection[bytes]) -> dict[bytes, bytes]:
        return {}

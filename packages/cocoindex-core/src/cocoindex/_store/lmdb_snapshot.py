"""Reads of one app's records in one LMDB transaction.

Layer `_store`.
"""

from __future__ import annotations

from collections.abc import Iterable

import lmdb


class LmdbSnapshot:
    """What a reading transaction sees; its `get` and `find` are LMDB's own, at the cost of a call each."""

    __slots__ = ("_find", "get")

    def __init__(self, transaction: lmdb.Transaction[bytes]) -> None:
        self.get = transaction.get
        self._find = transaction.cursor().getmulti

    def find(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        return dict(self._find(keys))


class EmptySnapshot:
    """Of an app whose records were never written."""

    __slots__ = ()

    def get(self, _key: bytes, /) -> bytes | None:
        return None

    def find(self, _keys: Iterable[bytes]) -> dict[bytes, bytes]:
        return {}

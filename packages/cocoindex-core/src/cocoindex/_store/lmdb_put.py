"""Writes rows into a sub-database of LMDB in the order that fills its pages best.

Layer `_store`.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TypeAlias

from .lmdb_scan import Handle, Transaction

Put: TypeAlias = "tuple[bytes, bytes]"


def put_sorted(transaction: Transaction, records: Handle, puts: list[Put]) -> None:
    """Write `puts`, which are sorted by key and never empty."""
    cursor = transaction.cursor(records)
    end = bisect_right(puts, cursor.key(), key=_key_of) if cursor.last() else 0
    for share in _in_shares(puts[:end]):
        cursor.putmulti(share)
    cursor.putmulti(puts[end:], append=True)


def _key_of(put: Put) -> bytes:
    return put[0]


def _in_shares(puts: list[Put]) -> list[list[Put]]:
    """Reorder rows that go between existing rows: three of five first, then the others.

    LMDB splits a full page into halves, so keys in ascending order leave half-empty pages; the later rows fill these to
    five sixths.
    """
    if len(puts) < 64:
        return [puts]
    return [[put for i, put in enumerate(puts) if i % 5 % 2 == 0], [put for i, put in enumerate(puts) if i % 5 % 2]]

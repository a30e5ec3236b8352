"""Reads and removes a contiguous range of keys in LMDB.

Layer `_store`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from operator import lt
from typing import Final, TypeAlias, TypeVar

import lmdb

Transaction: TypeAlias = "lmdb.Transaction[bytes]"
Handle: TypeAlias = "lmdb._Database"
_Row = TypeVar("_Row")

# A range is read in growing chunks, so that few rows behind its end are read needlessly.
_FIRST_CHUNK: Final = 16
_CHUNK_GROWTH: Final = 4


def scan(
    transaction: Transaction, records: Handle | None, prefix: bytes, after: bytes | None, limit: int
) -> list[tuple[bytes, bytes]]:
    """Return up to `limit` pairs whose keys begin with `prefix` and come after `after`, in order."""
    cursor = _cursor_at(transaction, records, prefix, after)
    if cursor is None:
        return []
    rows = _take(cursor.iternext(), limit, lambda row: not row[0].startswith(prefix))
    _check_order([key for key, _ in rows], prefix, after)
    return rows


def scan_keys(
    transaction: Transaction, records: Handle | None, prefix: bytes, after: bytes | None, limit: int
) -> list[bytes]:
    """Return what `scan` does, without the values, which are not read."""
    cursor = _cursor_at(transaction, records, prefix, after)
    if cursor is None:
        return []
    keys = _take(cursor.iternext(values=False), limit, lambda key: not key.startswith(prefix))
    _check_order(keys, prefix, after)
    return keys


def drop_range(transaction: Transaction, records: Handle, prefix: bytes) -> None:
    """Remove all keys that begin with `prefix`."""
    if not prefix:
        transaction.drop(records, delete=False)
        return
    cursor = transaction.cursor(records)
    cursor.set_range(prefix)
    last = b""
    while (key := cursor.key()).startswith(prefix):
        if key <= last:
            raise _out_of_order(key)
        last = key
        cursor.delete()


def _check_order(keys: list[bytes], prefix: bytes, after: bytes | None) -> None:
    """Raise `lmdb.CorruptedError` if keys are not in order, as in a damaged file.

    Otherwise, reading page by page would return the same rows again, without end.
    """
    if keys and not (
        keys[0].startswith(prefix) and (after is None or keys[0] > after) and all(map(lt, keys, islice(keys, 1, None)))
    ):
        raise _out_of_order(keys[0])


def _out_of_order(key: bytes) -> lmdb.Error:
    return lmdb.CorruptedError(f"keys are out of order at {key[:40]!r}")


def _take(rows: Iterator[_Row], limit: int, is_behind: Callable[[_Row], bool]) -> list[_Row]:
    found: list[_Row] = []
    chunk = _FIRST_CHUNK
    while len(found) < limit:
        before = len(found)
        found += islice(rows, min(chunk, limit - before))
        if len(found) == before:
            break
        if is_behind(found[-1]):
            del found[bisect_left(found, True, key=is_behind) :]
            break
        chunk *= _CHUNK_GROWTH
    return found


def _cursor_at(
    transaction: Transaction, records: Handle | None, prefix: bytes, after: bytes | None
) -> lmdb.Cursor[bytes] | None:
    cursor = transaction.cursor(records)
    start = prefix if after is None or after < prefix else after
    if not cursor.set_range(start) or (cursor.key() == after and not cursor.next()):
        return None
    return cursor

"""The rows of a table that goes: which of them this app wrote, and how many others wrote.

Postgres connector, table layer. A table goes only where all of its rows do; rows of others are never removed with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import psycopg
from psycopg import sql

import cocoindex as coco

from ._cursor import Connection, execute
from ._identifier import TableName
from ._inspect_table import ActualTable
from ._row_key import key_texts
from ._statements import count_all, count_rows, delete_rows, lock_table
from ._table_record import ColumnRecord, TableRecord

__all__ = ["count_foreign_rows", "delete_own_rows"]

_SEE_ALL_ROWS = "SET LOCAL row_security TO off"
_AT_ONCE = 20_000


async def count_foreign_rows(
    connection: Connection, name: TableName, actual: ActualTable, record: TableRecord, keys: Sequence[coco.StableKey]
) -> int:
    """How many rows of a table are under none of `keys`; nobody adds one until the end of the transaction.

    Args:
        record: tells the primary key that `keys` are of.
    """
    await execute(connection, lock_table(name))
    await execute(connection, _SEE_ALL_ROWS)  # an error where a policy would hide some, and not fewer rows
    ((found,),) = await execute(connection, count_all(name))
    rows = int(found)
    known = _as_it_is(actual, record)
    if not rows or known is None:
        return max(0, rows - len(keys))
    ours = 0
    for chunk in _chunks(keys):
        ours += await _count(connection, count_rows(name, known), chunk, len(record.primary_key))
    return rows - ours


async def delete_own_rows(
    connection: Connection, name: TableName, actual: ActualTable, record: TableRecord, keys: Sequence[coco.StableKey]
) -> None:
    """Delete the rows under `keys`, where the table still has the columns by which they are known."""
    known = _as_it_is(actual, record)
    if known is not None:
        for chunk in _chunks(keys):
            await _count(connection, delete_rows(name, known), chunk, len(record.primary_key))


def _as_it_is(actual: ActualTable, record: TableRecord) -> TableRecord | None:
    """`record` with the types that its key columns have by now; None where one is gone."""
    if not all(column in actual.columns for column in record.primary_key):
        return None
    types = {column: ColumnRecord(actual.columns[column].type, nullable=False) for column in record.primary_key}
    return replace(record, columns=types)


def _chunks(keys: Sequence[coco.StableKey]) -> Iterator[Sequence[coco.StableKey]]:
    return (keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE))


async def _count(connection: Connection, statement: sql.Composed, keys: Sequence[coco.StableKey], columns: int) -> int:
    """What the statement counts, over all keys that the server can read; others are those of no row."""
    texts = [list(column) for column in zip(*(key_texts(key, columns) for key in keys), strict=True)]
    try:
        async with connection.transaction():
            found = await execute(connection, statement, texts)
            return int(found[0][0]) if found else 0
    except psycopg.DataError:
        if len(keys) == 1:
            return 0
        middle = len(keys) // 2
        first = await _count(connection, statement, keys[:middle], columns)
        return first + await _count(connection, statement, keys[middle:], columns)

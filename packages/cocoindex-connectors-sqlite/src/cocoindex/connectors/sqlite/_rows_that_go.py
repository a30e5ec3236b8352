"""The rows of a table that goes: which of them this app wrote, and how many others wrote.

SQLite connector, table layer. A table goes only where all of its rows do; rows of others are never removed with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import cocoindex as coco

from ._driver import sqlite3
from ._identifier import folded
from ._inspect_table import ActualTable
from ._row_key import values_of
from ._statements import count_all, delete_row, select_columns
from ._table_record import TableRecord

__all__ = ["RowOfTable", "RowsThatGo", "count_foreign_rows", "delete_own_rows"]


class RowOfTable(NamedTuple):
    """A row that this app wrote into a table that goes."""

    db_key: str
    name: str
    key: coco.StableKey


class RowsThatGo:
    """Tells the sink of a table that goes which rows of it are ours.

    Args:
        db_key: the name of the context key of the connection.
        name: the table, in the spelling in which it is told apart from others.
        sink: that of the table.
    """

    def __init__(self, db_key: str, name: str, sink: coco.TargetActionSink[Any]) -> None:
        self._db_key = db_key
        self._name = name
        self._sink = sink

    def reconcile(
        self, key: coco.StableKey, desired: object, prev: Collection[bytes], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[RowOfTable, bytes]:
        """The row goes with its table."""
        return coco.TargetReconcileOutput(RowOfTable(self._db_key, self._name, key), self._sink, coco.NON_EXISTENCE)


def count_foreign_rows(
    connection: sqlite3.Connection, name: str, actual: ActualTable, record: TableRecord, keys: Sequence[coco.StableKey]
) -> int:
    """How many rows of a table are under none of `keys`.

    Args:
        record: tells the primary key that `keys` are of.
    """
    ((rows,),) = connection.execute(count_all(name)).fetchall()
    if not rows or not _has_keys(actual, record):
        return max(0, int(rows) - len(keys))
    look, columns = select_columns(name, record, ()), len(record.primary_key)
    return int(rows) - sum(len(connection.execute(look, values_of(key, columns)).fetchall()) for key in keys)


def delete_own_rows(
    connection: sqlite3.Connection, name: str, actual: ActualTable, record: TableRecord, keys: Sequence[coco.StableKey]
) -> None:
    """Delete the rows under `keys`, where the table still has the columns by which they are known."""
    if _has_keys(actual, record):
        columns = len(record.primary_key)
        connection.executemany(delete_row(name, record), (values_of(key, columns) for key in keys))


def _has_keys(actual: ActualTable, record: TableRecord) -> bool:
    return actual.is_virtual or all(folded(column) in actual.columns for column in record.primary_key)

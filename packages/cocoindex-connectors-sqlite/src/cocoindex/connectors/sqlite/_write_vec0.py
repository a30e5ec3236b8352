"""Writes the rows of vec0 tables, which have no upsert.

SQLite connector, row layer. Rows are updated in place: vec0 never reuses the space of a deleted vector, so that the
table would grow with each change if rows were deleted and inserted.
"""

from __future__ import annotations

from collections.abc import Callable

from ._driver import sqlite3
from ._plain_value import StoredValue
from ._statements import changeable_columns, delete_row, insert_vec0_row, select_partition, update_vec0_row
from ._table_record import TableRecord

__all__ = ["vec0_writer"]

Row = tuple[StoredValue, ...]


def vec0_writer(name: str, record: TableRecord) -> Callable[[sqlite3.Connection, Row], None]:
    """Return a function that inserts a row, or updates the row with the same key."""
    assert record.vec0 is not None
    columns = record.stored_columns
    key_at = columns.index(record.primary_key[0])
    partition_at = [columns.index(column) for column in record.vec0.partition_key_columns]
    changes_at = [columns.index(column) for column in changeable_columns(record)]
    look, insert = select_partition(name, record), insert_vec0_row(name, record)
    update, delete = update_vec0_row(name, record), delete_row(name, record)

    def write(connection: sqlite3.Connection, row: Row) -> None:
        key = (row[key_at],)
        found = connection.execute(look, key).fetchone()
        if found is not None and (not partition_at or found == tuple([row[at] for at in partition_at])):
            connection.execute(update, (*[row[at] for at in changes_at], *key))
            return
        if found is not None:  # vec0 cannot move a row to another partition
            connection.execute(delete, key)
        connection.execute(insert, row)

    return write

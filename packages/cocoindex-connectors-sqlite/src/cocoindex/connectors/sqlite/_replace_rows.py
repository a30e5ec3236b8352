"""Writes rows that conflict with each other, such as two rows that exchange unique values.

SQLite connector, row layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from ._driver import sqlite3
from ._identifier import folded
from ._plain_value import StoredValue
from ._statements import delete_row, insert_row, select_columns
from ._table_record import TableRecord

__all__ = ["replace_rows"]

Row = tuple[StoredValue, ...]
_HIDDEN_OR_COMPUTED = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0"


def replace_rows(
    connection: sqlite3.Connection, name: str, record: TableRecord, rows: Sequence[Row], *, aborts: bool = False
) -> bool:
    """Delete the rows with these keys, then insert the new ones; columns that others added keep their values.

    Args:
        connection: the connection, in a transaction.
        name: the table.
        record: its columns and primary key.
        rows: the new rows.
        aborts: as for `insert_row`.

    Returns:
        Whether the rows were replaced. They are not if foreign keys are enforced, because a deletion might then delete
        rows of other tables.

    Raises:
        sqlite3.Error: a row is refused; the caller must roll back.
    """
    if connection.execute("PRAGMA foreign_keys").fetchone() == (1,):
        return False
    ours = {folded(column) for column in record.columns}
    actual = [column for (column,) in connection.execute(_HIDDEN_OR_COMPUTED, (name,))]
    others = [column for column in actual if folded(column) not in ours]
    key_at = [record.stored_columns.index(column) for column in record.primary_key]
    look, delete = select_columns(name, record, others), delete_row(name, record)
    kept = []
    for row in rows:
        key = tuple([row[at] for at in key_at])
        kept.append(connection.execute(look, key).fetchone())
        connection.execute(delete, key)
    plain, whole = insert_row(name, record, aborts=aborts), insert_row(name, record, others, aborts=aborts)
    for row, rest in zip(rows, kept, strict=True):
        if rest is None or not others:
            connection.execute(plain, row)  # columns that others added get their defaults
        else:
            connection.execute(whole, (*row, *rest))
    return True

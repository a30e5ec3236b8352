"""Generates SQL statements, with every name quoted.

SQLite connector, table layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from ._identifier import quoted
from ._key_collation import collation_of
from ._table_mark import Mark, mark_name
from ._table_record import TableRecord
from ._vec0_table_def import vec0_type

__all__ = [
    "HAS_TRIGGERS",
    "SELECT_STATEMENT",
    "changeable_columns",
    "count_all",
    "create_mark",
    "create_table",
    "delete_row",
    "drop_mark",
    "drop_table",
    "insert_row",
    "insert_vec0_row",
    "same_row",
    "select_columns",
    "select_partition",
    "update_vec0_row",
    "upsert_row",
]

# An alias for the table, so that the name of a table such as `excluded` is not confused with that keyword.
_TARGET = quoted("target")


def create_table(name: str, record: TableRecord, mark: Mark | None = None) -> str:
    """Return CREATE TABLE, or CREATE VIRTUAL TABLE for a vec0 table; the latter contains its mark."""
    if record.vec0 is not None:
        columns = (_vec0_column(record, column) for column in record.columns)
        words = "" if mark is None else f" /* {mark_name(mark)} */"
        return f"CREATE VIRTUAL TABLE {quoted(name)}{words} USING vec0({', '.join(columns)})"
    columns = (_column(record, column) for column in record.columns)
    return f"CREATE TABLE {quoted(name)} ({', '.join(columns)}, PRIMARY KEY ({_names(record.primary_key)}))"


def create_mark(name: str, record: TableRecord, mark: Mark) -> str:
    """Return CREATE INDEX for the mark of a table that is not virtual; the index never contains rows."""
    return f"CREATE INDEX {quoted(mark_name(mark))} ON {quoted(name)} ({quoted(record.primary_key[0])}) WHERE 0"


def drop_mark(mark: Mark) -> str:
    """Return DROP INDEX for a mark."""
    return f"DROP INDEX IF EXISTS {quoted(mark_name(mark))}"


def drop_table(name: str) -> str:
    """Return DROP TABLE IF EXISTS."""
    return f"DROP TABLE IF EXISTS {quoted(name)}"


def insert_row(name: str, record: TableRecord, others: Sequence[str] = (), *, aborts: bool = False) -> str:
    """Return INSERT with a parameter for each stored column, and for each of `others`.

    Args:
        name: the table.
        record: its columns.
        others: names of further columns.
        aborts: whether a conflict is an error even if the table has another conflict clause, such as ON CONFLICT
            REPLACE. This also applies to the statements of triggers.
    """
    columns = (*record.stored_columns, *others)
    parameters = ", ".join("?" * len(columns))
    return f"INSERT {'OR ABORT ' * aborts}INTO {quoted(name)} AS {_TARGET} ({_names(columns)}) VALUES ({parameters})"


def insert_vec0_row(name: str, record: TableRecord) -> str:
    """Return INSERT into a virtual table, which cannot have an alias."""
    columns = record.stored_columns
    return f"INSERT INTO {quoted(name)} ({_names(columns)}) VALUES ({', '.join('?' * len(columns))})"


def update_vec0_row(name: str, record: TableRecord) -> str:
    """Return UPDATE of the columns that vec0 can change in place, with a parameter for each and for the primary key."""
    (key,) = record.primary_key
    updates = ", ".join(f"{quoted(column)} = ?" for column in changeable_columns(record))
    return f"UPDATE {quoted(name)} SET {updates} WHERE {quoted(name)}.{quoted(key)} = ?"


def select_partition(name: str, record: TableRecord) -> str:
    """Return SELECT of the partition key columns of a vec0 row, with a parameter for the primary key."""
    assert record.vec0 is not None
    (key,) = record.primary_key
    columns = ", ".join(map(quoted, record.vec0.partition_key_columns)) or "1"
    return f"SELECT {columns} FROM {quoted(name)} WHERE {quoted(name)}.{quoted(key)} = ?"


def changeable_columns(record: TableRecord) -> tuple[str, ...]:
    """Return the columns of a vec0 table that can be changed in place."""
    assert record.vec0 is not None
    fixed = (*record.primary_key, *record.vec0.partition_key_columns)
    return tuple(column for column in record.stored_columns if column not in fixed)


def upsert_row(name: str, record: TableRecord, *, aborts: bool = False) -> str:
    """Return INSERT that updates an existing row with the same key; columns that others added keep their values."""
    updates = ", ".join(
        f"{quoted(column)} = excluded.{quoted(column)}"
        for column in record.stored_columns
        # The existing key may be spelled differently, if the texts are equal by the collation.
        if column not in record.primary_key or collation_of(record.columns[column].type) != "BINARY"
    )
    action = f"DO UPDATE SET {updates}" if updates else "DO NOTHING"
    return f"{insert_row(name, record, aborts=aborts)} ON CONFLICT ({_names(record.primary_key)}) {action}"


def delete_row(name: str, record: TableRecord) -> str:
    """Return DELETE with a parameter for each primary key column."""
    return f"DELETE FROM {quoted(name)}{_alias(record)} WHERE {_same_key(name, record)}"


def select_columns(name: str, record: TableRecord, columns: Sequence[str]) -> str:
    """Return SELECT of these columns of one row, with a parameter for each primary key column."""
    names = ", ".join(f"{_TARGET}.{quoted(column)}" for column in columns) or "1"
    return f"SELECT {names} FROM {quoted(name)}{_alias(record)} WHERE {_same_key(name, record)}"


def same_row(name: str, record: TableRecord) -> str:
    """Return SELECT that finds the row if it has the values written by `upsert_row` with the same parameters."""
    same = (
        f"{_TARGET}.{quoted(column)} {'=' if column in record.primary_key else 'IS'} ?"
        for column in record.stored_columns
    )
    return f"SELECT 1 FROM {quoted(name)} AS {_TARGET} WHERE {' AND '.join(same)}"


HAS_TRIGGERS = "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE LIMIT 1"
"""SELECT that returns a row if a table has triggers."""

SELECT_STATEMENT = "SELECT sql FROM sqlite_master WHERE name = ? COLLATE NOCASE AND type = 'table'"
"""SELECT of the statement that created a table."""


def count_all(name: str) -> str:
    """Return SELECT of the number of rows."""
    return f"SELECT count(*) FROM {quoted(name)}"


def _alias(record: TableRecord) -> str:
    return "" if record.vec0 is not None else f" AS {_TARGET}"


def _same_key(name: str, record: TableRecord) -> str:
    # Qualified with the table: SQLite takes an unqualified, quoted name that it does not know for a string.
    table = quoted(name) if record.vec0 is not None else _TARGET
    return " AND ".join(f"{table}.{quoted(column)} = ?" for column in record.primary_key)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(map(quoted, columns))


def _column(record: TableRecord, name: str) -> str:
    column = record.columns[name]
    return f"{quoted(name)} {column.type}{'' if column.nullable else ' NOT NULL'}"


def _vec0_column(record: TableRecord, name: str) -> str:
    # vec0 parses these itself and does not support quotes; `check_vec0` allows only names that need none.
    assert record.vec0 is not None
    sqlite_type = vec0_type(record.columns[name].type)
    if name in record.primary_key:
        return f"{name} {sqlite_type} PRIMARY KEY"
    if name in record.vec0.partition_key_columns:
        return f"{name} {sqlite_type} PARTITION KEY"
    return f"{'+' if name in record.vec0.auxiliary_columns else ''}{name} {sqlite_type}"

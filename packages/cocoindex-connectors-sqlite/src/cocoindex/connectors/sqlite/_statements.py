"""The SQL that is run, with every name quoted.

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

# So that a table named like a word that means something in a statement, such as `excluded`, is none there.
_TARGET = quoted("target")


def create_table(name: str, record: TableRecord, mark: Mark | None = None) -> str:
    """CREATE TABLE, or CREATE VIRTUAL TABLE for a vec0 table, which holds its mark itself."""
    if record.vec0 is not None:
        columns = (_vec0_column(record, column) for column in record.columns)
        words = "" if mark is None else f" /* {mark_name(mark)} */"
        return f"CREATE VIRTUAL TABLE {quoted(name)}{words} USING vec0({', '.join(columns)})"
    columns = (_column(record, column) for column in record.columns)
    return f"CREATE TABLE {quoted(name)} ({', '.join(columns)}, PRIMARY KEY ({_names(record.primary_key)}))"


def create_mark(name: str, record: TableRecord, mark: Mark) -> str:
    """CREATE INDEX, for the mark of a table that is not virtual: no row is ever in it."""
    return f"CREATE INDEX {quoted(mark_name(mark))} ON {quoted(name)} ({quoted(record.primary_key[0])}) WHERE 0"


def drop_mark(mark: Mark) -> str:
    """DROP INDEX, for a mark."""
    return f"DROP INDEX IF EXISTS {quoted(mark_name(mark))}"


def drop_table(name: str) -> str:
    """DROP TABLE, which is no error where there is none."""
    return f"DROP TABLE IF EXISTS {quoted(name)}"


def insert_row(name: str, record: TableRecord, others: Sequence[str] = (), *, aborts: bool = False) -> str:
    """INSERT with a parameter for each of the stored columns, and of `others`.

    Args:
        aborts: whether a conflict is an error whatever the table says of it, such as to replace the other row. It is
            one then for what triggers do, too.
    """
    columns = (*record.stored_columns, *others)
    parameters = ", ".join("?" * len(columns))
    return f"INSERT {'OR ABORT ' * aborts}INTO {quoted(name)} AS {_TARGET} ({_names(columns)}) VALUES ({parameters})"


def insert_vec0_row(name: str, record: TableRecord) -> str:
    """INSERT into a virtual table, which has no other name."""
    columns = record.stored_columns
    return f"INSERT INTO {quoted(name)} ({_names(columns)}) VALUES ({', '.join('?' * len(columns))})"


def update_vec0_row(name: str, record: TableRecord) -> str:
    """UPDATE of the columns that vec0 can change in place, with a parameter for each, and one for the primary key."""
    (key,) = record.primary_key
    updates = ", ".join(f"{quoted(column)} = ?" for column in changeable_columns(record))
    return f"UPDATE {quoted(name)} SET {updates} WHERE {quoted(name)}.{quoted(key)} = ?"


def select_partition(name: str, record: TableRecord) -> str:
    """SELECT of the partition key columns of a row of a vec0 table, with a parameter for the primary key."""
    assert record.vec0 is not None
    (key,) = record.primary_key
    columns = ", ".join(map(quoted, record.vec0.partition_key_columns)) or "1"
    return f"SELECT {columns} FROM {quoted(name)} WHERE {quoted(name)}.{quoted(key)} = ?"


def changeable_columns(record: TableRecord) -> tuple[str, ...]:
    """The columns of a vec0 table that are changed in place."""
    assert record.vec0 is not None
    fixed = (*record.primary_key, *record.vec0.partition_key_columns)
    return tuple(column for column in record.stored_columns if column not in fixed)


def upsert_row(name: str, record: TableRecord, *, aborts: bool = False) -> str:
    """INSERT that updates where the key is there, leaving columns that others added as they are."""
    updates = ", ".join(
        f"{quoted(column)} = excluded.{quoted(column)}"
        for column in record.stored_columns
        # A key may be there in another spelling, where its collation calls both equal.
        if column not in record.primary_key or collation_of(record.columns[column].type) != "BINARY"
    )
    action = f"DO UPDATE SET {updates}" if updates else "DO NOTHING"
    return f"{insert_row(name, record, aborts=aborts)} ON CONFLICT ({_names(record.primary_key)}) {action}"


def delete_row(name: str, record: TableRecord) -> str:
    """DELETE with a parameter for each primary key column."""
    return f"DELETE FROM {quoted(name)}{_alias(record)} WHERE {_same_key(name, record)}"


def select_columns(name: str, record: TableRecord, columns: Sequence[str]) -> str:
    """SELECT of these columns of one row, with a parameter for each primary key column."""
    names = ", ".join(f"{_TARGET}.{quoted(column)}" for column in columns) or "1"
    return f"SELECT {names} FROM {quoted(name)}{_alias(record)} WHERE {_same_key(name, record)}"


def same_row(name: str, record: TableRecord) -> str:
    """SELECT of the row that has the values of one that `upsert_row` wrote, with the same parameters."""
    same = (
        f"{_TARGET}.{quoted(column)} {'=' if column in record.primary_key else 'IS'} ?"
        for column in record.stored_columns
    )
    return f"SELECT 1 FROM {quoted(name)} AS {_TARGET} WHERE {' AND '.join(same)}"


HAS_TRIGGERS = "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE LIMIT 1"
"""SELECT that has a row where a table has triggers."""

SELECT_STATEMENT = "SELECT sql FROM sqlite_master WHERE name = ? COLLATE NOCASE AND type = 'table'"
"""SELECT of the statement that made a table."""


def count_all(name: str) -> str:
    """SELECT of how many rows there are."""
    return f"SELECT count(*) FROM {quoted(name)}"


def _alias(record: TableRecord) -> str:
    return "" if record.vec0 is not None else f" AS {_TARGET}"


def _same_key(name: str, record: TableRecord) -> str:
    # With the table's name before it, as SQLite takes a quoted name that it does not know for a text.
    table = quoted(name) if record.vec0 is not None else _TARGET
    return " AND ".join(f"{table}.{quoted(column)} = ?" for column in record.primary_key)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(map(quoted, columns))


def _column(record: TableRecord, name: str) -> str:
    column = record.columns[name]
    return f"{quoted(name)} {column.type}{'' if column.nullable else ' NOT NULL'}"


def _vec0_column(record: TableRecord, name: str) -> str:
    # vec0 parses these itself and knows no quotes; `check_vec0` let through only names that need none.
    assert record.vec0 is not None
    sqlite_type = vec0_type(record.columns[name].type)
    if name in record.primary_key:
        return f"{name} {sqlite_type} PRIMARY KEY"
    if name in record.vec0.partition_key_columns:
        return f"{name} {sqlite_type} PARTITION KEY"
    return f"{'+' if name in record.vec0.auxiliary_columns else ''}{name} {sqlite_type}"

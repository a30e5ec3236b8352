"""The SQL that is run, with every name quoted.

SQLite connector, table layer.
"""

from __future__ import annotations

from ._identifier import quoted
from ._table_record import TableRecord
from ._vec0_table_def import vec0_type

__all__ = ["add_column", "create_table", "delete_row", "drop_column", "drop_table", "insert_row", "upsert_row"]


def create_table(name: str, record: TableRecord) -> str:
    """CREATE TABLE, or CREATE VIRTUAL TABLE for a vec0 table."""
    if record.vec0 is not None:
        columns = (_vec0_column(record, column) for column in record.columns)
        return f"CREATE VIRTUAL TABLE {quoted(name)} USING vec0({', '.join(columns)})"
    columns = (_column(record, column) for column in record.columns)
    return f"CREATE TABLE {quoted(name)} ({', '.join(columns)}, PRIMARY KEY ({_names(record.primary_key)}))"


def drop_table(name: str) -> str:
    """DROP TABLE, which is no error where there is none."""
    return f"DROP TABLE IF EXISTS {quoted(name)}"


def add_column(name: str, record: TableRecord, column: str) -> str:
    """ALTER TABLE ADD COLUMN, for a nullable column."""
    return f"ALTER TABLE {quoted(name)} ADD COLUMN {_column(record, column)}"


def drop_column(name: str, column: str) -> str:
    """ALTER TABLE DROP COLUMN."""
    return f"ALTER TABLE {quoted(name)} DROP COLUMN {quoted(column)}"


def insert_row(name: str, record: TableRecord) -> str:
    """INSERT with a parameter for each of the stored columns."""
    columns = record.stored_columns
    return f"INSERT INTO {quoted(name)} ({_names(columns)}) VALUES ({', '.join('?' * len(columns))})"


def upsert_row(name: str, record: TableRecord) -> str:
    """INSERT that updates where the key is there, leaving columns that others added as they are."""
    updates = ", ".join(
        f"{quoted(column)} = excluded.{quoted(column)}"
        for column in record.stored_columns
        if column not in record.primary_key
    )
    action = f"DO UPDATE SET {updates}" if updates else "DO NOTHING"
    return f"{insert_row(name, record)} ON CONFLICT ({_names(record.primary_key)}) {action}"


def delete_row(name: str, record: TableRecord) -> str:
    """DELETE with a parameter for each primary key column."""
    condition = " AND ".join(f"{quoted(column)} = ?" for column in record.primary_key)
    return f"DELETE FROM {quoted(name)} WHERE {condition}"


def _names(columns: tuple[str, ...]) -> str:
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

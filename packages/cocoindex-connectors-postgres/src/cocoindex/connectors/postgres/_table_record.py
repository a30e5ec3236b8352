"""The stored record of a table: enough to find out what changed, and to drop the table without its definition.

Postgres connector, table layer.
"""

from __future__ import annotations

from typing import Any

from cocoindex.connectorkits import sql
from cocoindex.connectorkits.sql import ColumnRecord, TableRecord
from cocoindex.connectorkits.target import ManagedBy

from ._type_name import read_type

__all__ = ["ColumnRecord", "TableRecord", "is_same_column", "needs_pgvector", "record_of"]


def record_of(schema: sql.TableSchema[Any, Any], managed_by: str) -> TableRecord:
    """Return the record of a table with this schema."""
    columns = {
        name: column._replace(nullable=column.nullable and not read_type(column.type).is_serial)
        for name, column in sql.column_records(schema).items()
    }
    return TableRecord(ManagedBy(managed_by), columns, tuple(schema.primary_key))


def is_same_column(one: ColumnRecord, other: ColumnRecord) -> bool:
    """Say whether two columns have the same type and nullability; the collation does not count.

    The server does not report the collation together with the type.
    """
    return one.nullable == other.nullable and read_type(one.type).of_values == read_type(other.type).of_values


def needs_pgvector(record: TableRecord) -> bool:
    """Say whether a column has a type of the extension pgvector."""
    return any(read_type(column.type).is_of_pgvector for column in record.columns.values())

"""The columns and the primary key of a table, given explicitly or read from a record type.

SQLite connector, schema layer.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from cocoindex.connectorkits import sql

from ._column import ColumnDef
from ._types import TYPES

__all__ = ["RowT", "TableSchema"]

RowT = TypeVar("RowT")


class TableSchema(sql.TableSchema[RowT, ColumnDef], Generic[RowT]):
    """The columns and the primary key of a table.

    In `from_class`, `Annotated[T, ...]` and `column_overrides` may hold a `SqliteType`.

    Args:
        columns: definitions by column name.
        primary_key: names of the columns that identify a row, one or more.
        row_type: the record type that the columns were read from.

    Raises:
        SqliteSchemaError: (a ValueError) the primary key is empty or names a missing column, a name is invalid, two
            names differ only in case (SQLite treats them as equal), or a field's type has no SQLite type.
        SqliteRecordTypeError, SqliteArgumentError: (TypeErrors) the class is not a record type, or a value in a
            `ColumnDef` has the wrong type.
    """

    types = TYPES
    column_type = ColumnDef

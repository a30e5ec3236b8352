"""The definition of a column: its PostgreSQL type, whether it may be NULL, and how values are encoded for it.

Postgres connector, schema layer: plain data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["ColumnDef", "PgType", "ValueEncoder"]

ValueEncoder = Callable[[Any], Any]


class ColumnDef(NamedTuple):
    """A column of a table.

    Args:
        type: the PostgreSQL type, as in `CREATE TABLE`: `text`, `numeric(10, 2)`, `vector(384)`.
        nullable: whether it may hold NULL; primary key columns never may.
        encoder: converts a value other than None to its stored form; a `str` returned for a `jsonb` column is JSON.
    """

    type: str
    nullable: bool = True
    encoder: ValueEncoder | None = None


class PgType(NamedTuple):
    """Sets the PostgreSQL type of a field, in `Annotated[T, PgType("real")]` or in `column_overrides`.

    Args:
        pg_type: the type, as in `CREATE TABLE`.
        encoder: converts a value other than None to its stored form.
    """

    pg_type: str
    encoder: ValueEncoder | None = None

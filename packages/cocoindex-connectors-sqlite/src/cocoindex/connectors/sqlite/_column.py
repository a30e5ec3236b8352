"""The definition of a column: its SQLite type, whether it may be NULL, and how values are encoded for it.

SQLite connector, schema layer: plain data.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

__all__ = ["Affinity", "ColumnDef", "SqliteType", "ValueEncoder", "affinity_of", "vector_size"]

ValueEncoder = Callable[[Any], Any]
Affinity = Literal["INTEGER", "TEXT", "BLOB", "REAL", "NUMERIC"]

_VECTOR = re.compile(r"\s*float\s*\[\s*(\d+)\s*\]", re.IGNORECASE)


class ColumnDef(NamedTuple):
    """A column of a table.

    Args:
        type: the SQLite type; `float[N]` for a vector of N elements, stored as a float32 BLOB.
        nullable: whether it may hold NULL; primary key columns never may.
        encoder: converts a value other than None to its stored form; without one, the type of the value decides.
        is_vector: whether values are vectors; implied by the type `float[N]`.
    """

    type: str
    nullable: bool = True
    encoder: ValueEncoder | None = None
    is_vector: bool = False


class SqliteType(NamedTuple):
    """Sets the SQLite type of a field, in `Annotated[T, SqliteType("REAL")]` or in `column_overrides`.

    Args:
        sqlite_type: the type, as in `CREATE TABLE`.
        encoder: converts a value other than None to its stored form.
    """

    sqlite_type: str
    encoder: ValueEncoder | None = None


def vector_size(sqlite_type: str) -> int | None:
    """Return N for the type `float[N]`, else None."""
    match = _VECTOR.match(sqlite_type)
    return int(match[1]) if match else None


def affinity_of(sqlite_type: str) -> Affinity:
    """Return the affinity of a column with this declared type (section 3.1 of SQLite's datatype page)."""
    name = sqlite_type.upper()
    if "INT" in name:
        return "INTEGER"
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if "BLOB" in name or not name.strip():
        return "BLOB"
    if any(part in name for part in ("REAL", "FLOA", "DOUB")):
        return "REAL"
    return "NUMERIC"

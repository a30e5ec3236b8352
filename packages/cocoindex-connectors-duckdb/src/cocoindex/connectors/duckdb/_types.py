"""Maps Python types to DuckDB types, and checks the types of columns.

DuckDB connector, schema layer.
"""

from __future__ import annotations

import datetime
import string
import threading
from functools import cache, lru_cache
from typing import Any, TypeVar

import duckdb
from cocoindex.connectorkits import sql
from cocoindex.connectorkits.text_values import STANDARD
from cocoindex.errors import SqlSchemaError
from duckdb.sqltypes import DuckDBPyType

from ._driver_text import said

__all__ = ["NESTED", "TYPES", "DuckdbType", "TableSchema", "kind_of", "parts_of"]

RowT = TypeVar("RowT")

_TO_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
NESTED = frozenset({"list", "array", "struct", "map"})
_KEYS = {*STANDARD, "float", "decimal", "blob", "enum", "timestamp_s", "timestamp_ms", "timestamp_ns"} - {"interval"}
_SCALARS = {*STANDARD, "float", "decimal"}
_lock = threading.Lock()


class DuckdbType(sql.SqlType):
    """Sets the DuckDB type of a field, in `Annotated[T, DuckdbType("UINTEGER")]` or in `column_overrides`."""


@lru_cache(maxsize=1024)
def kind_of(sql_type: str) -> DuckDBPyType:
    """Return the type of this name, as DuckDB reads it: `int8` is `BIGINT`.

    Raises:
        SqlSchemaError: (a ValueError) DuckDB has no such type, or this connector does not support it for columns.
    """
    try:
        with _lock:
            kind = _scratch().sqltype(sql_type)
            _scratch().execute(f"CREATE OR REPLACE TABLE t (c {sql_type})")
            ((made,),) = _scratch().execute("SELECT sql FROM duckdb_tables()").fetchall()
    except duckdb.Error as error:
        raise SqlSchemaError(f"{sql_type!r} is not a type of DuckDB: {said(error)}") from error
    if made != f"CREATE TABLE t(c {kind});":
        raise SqlSchemaError(f"{sql_type!r} has more than a type: give {str(kind)!r}, without collation or constraints")
    if kind.id not in _KEYS and not _is_supported(kind):
        raise SqlSchemaError(
            f"columns of the type {sql_type} are not supported; store the values as JSON, text or BLOB"
        )
    return kind


def parts_of(kind: DuckDBPyType) -> dict[str, Any]:
    """Return the parts of a type by name: the child of a list, the fields of a struct, the scale of a decimal."""
    return dict(kind.children)


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": 1})


def _is_supported(kind: DuckDBPyType) -> bool:
    if kind.id not in NESTED:
        return kind.id in _SCALARS
    return all(_is_supported(part) for part in parts_of(kind).values() if isinstance(part, DuckDBPyType))


def _check_key(name: str, column: sql.ColumnDef) -> None:
    if kind_of(column.type).id not in _KEYS:
        raise SqlSchemaError(f"the column {name!r} cannot be a key: DuckDB has no keys of the type {column.type}")


TYPES = sql.TypeMap[sql.ColumnDef](
    "DuckDB",
    [(datetime.datetime, "TIMESTAMPTZ"), *sql.STANDARD_SCALARS],
    "JSON",
    json_encoder=lambda value: value,
    numpy={**sql.STANDARD_NUMPY, "float16": "FLOAT", "float32": "FLOAT"},
    vector=lambda vectors, nullable: sql.ColumnDef(f"FLOAT[{vectors.size}]", nullable),
    marker=DuckdbType,
    folded=lambda name: name.translate(_TO_LOWER),
    check_type=kind_of,
    check_key=_check_key,
)


class TableSchema(sql.TableSchema[RowT, sql.ColumnDef]):
    """The columns and the primary key of a table, given directly or read from a record type."""

    types = TYPES

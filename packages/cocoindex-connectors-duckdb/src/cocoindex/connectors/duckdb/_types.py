"""Which types columns may have, and which Python types map to them.

DuckDB connector, schema layer.
"""

from __future__ import annotations

import datetime
import decimal
import pathlib
import string
import threading
import uuid
from functools import cache, lru_cache
from typing import Any, TypeVar

import duckdb
from cocoindex.connectorkits import sql
from cocoindex.errors import SqlSchemaError
from duckdb.sqltypes import DuckDBPyType

__all__ = ["TYPES", "DuckdbType", "TableSchema", "kind_of", "parts_of"]

RowT = TypeVar("RowT")

_TO_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NUMPY_INTEGERS = {
    f"{sign.lower()}int{bits}": f"{sign}{size}"
    for bits, size in ((8, "TINYINT"), (16, "SMALLINT"), (32, "INTEGER"), (64, "BIGINT"))
    for sign in ("", "U")
}
_SCALARS = {"boolean", "uuid", "date", "time", "time with time zone", "timestamp", "timestamp with time zone"}
_SCALARS |= {f"{sign}{size}int" for sign in ("", "u") for size in ("tiny", "small", "big", "huge")}
_SCALARS |= {"integer", "uinteger", "float", "double", "decimal", "varchar"}
_KEYS = _SCALARS | {"blob", "enum", "timestamp_s", "timestamp_ms", "timestamp_ns"}
_lock = threading.Lock()


class DuckdbType(sql.SqlType):
    """Says which type a field has: in `Annotated[T, DuckdbType("UINTEGER")]`, or in `column_overrides`."""


@lru_cache(maxsize=1024)
def kind_of(sql_type: str) -> DuckDBPyType:
    """The type of that name, as DuckDB reads it: `int8` is `BIGINT`.

    Raises:
        SqlSchemaError: (a ValueError) DuckDB has no such type, or it cannot be that of a column here.
    """
    try:
        with _lock:
            kind = _scratch().sqltype(sql_type)
            _scratch().execute(f"CREATE OR REPLACE TABLE t (c {sql_type})")
            ((made,),) = _scratch().execute("SELECT sql FROM duckdb_tables()").fetchall()
    except duckdb.Error as error:
        raise SqlSchemaError(f"{sql_type!r} is no type of DuckDB: {error}") from error
    if made != f"CREATE TABLE t(c {kind});":
        raise SqlSchemaError(f"{sql_type!r} is more than a type: give {str(kind)!r}, without collation or constraints")
    if kind.id not in _KEYS | {"interval"}:
        _check_nested(sql_type, kind)
    return kind


def parts_of(kind: DuckDBPyType) -> dict[str, Any]:
    """What a type consists of: the child of a list, the fields of a struct, the scale of a decimal, by name."""
    return dict(kind.children)


@cache
def _scratch() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": 1})


def _check_nested(sql_type: str, kind: DuckDBPyType) -> None:
    parts = parts_of(kind) if kind.id in ("list", "array", "struct", "map") else {}
    if not parts:
        raise SqlSchemaError(
            f"columns of the type {sql_type} are not supported; store the values as JSON, text or BLOB"
        )
    for part in parts.values():
        if isinstance(part, DuckDBPyType) and part.id not in _SCALARS | {"interval"}:
            _check_nested(sql_type, part)


def _check_column(name: str, column: sql.ColumnDef) -> None:
    try:
        kind_of(column.type)
    except SqlSchemaError as error:
        raise SqlSchemaError(f"the column {name!r}: {error}") from None


def _check_key(name: str, column: sql.ColumnDef) -> None:
    if kind_of(column.type).id not in _KEYS:
        raise SqlSchemaError(f"the column {name!r} cannot be a key: DuckDB has no keys of the type {column.type}")


TYPES = sql.TypeMap[sql.ColumnDef](
    "DuckDB",
    [
        (bool, "BOOLEAN"),
        (int, "BIGINT"),
        (float, "DOUBLE"),
        (decimal.Decimal, "DECIMAL(38, 9)"),
        ((str, pathlib.PurePath), "VARCHAR"),
        ((bytes, bytearray, memoryview), "BLOB"),
        (uuid.UUID, "UUID"),
        (datetime.datetime, "TIMESTAMPTZ"),
        (datetime.date, "DATE"),
        (datetime.time, "TIME"),
        (datetime.timedelta, "INTERVAL"),
    ],
    "JSON",
    json_encoder=lambda value: value,
    numpy={"bool": "BOOLEAN", "float16": "FLOAT", "float32": "FLOAT", "float64": "DOUBLE", **_NUMPY_INTEGERS},
    vector=lambda vectors, nullable: sql.ColumnDef(f"FLOAT[{vectors.size}]", nullable),
    marker=DuckdbType,
    folded=lambda name: name.translate(_TO_LOWER),
    check_column=_check_column,
    check_key=_check_key,
)


class TableSchema(sql.TableSchema[RowT, sql.ColumnDef]):
    """The columns and the primary key of a table, given directly or read from a record type."""

    types = TYPES

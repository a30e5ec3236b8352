"""Maps Python types to PostgreSQL types, and checks column definitions.

Postgres connector, schema layer.
"""

from __future__ import annotations

import datetime
import decimal
import uuid

from cocoindex.connectorkits import sql

from ._column import ColumnDef, PgType
from ._identifier import check_name
from ._json_text import json_text
from ._row_key import KEY_TYPES
from ._type_name import read_type
from .errors import (
    PostgresArgumentError,
    PostgresAttachmentError,
    PostgresRecordTypeError,
    PostgresRowError,
    PostgresSchemaError,
    PostgresTableError,
    PostgresTableLostError,
)

__all__ = ["ERRORS", "TYPES"]

ERRORS = sql.SqlErrors(
    PostgresArgumentError,
    PostgresSchemaError,
    PostgresRecordTypeError,
    PostgresTableError,
    PostgresRowError,
    PostgresAttachmentError,
    PostgresTableLostError,
)

_NUMPY_SCALARS = {
    "bool": "boolean",
    "int8": "smallint",
    "int16": "smallint",
    "int32": "integer",
    "int64": "bigint",
    "uint8": "smallint",
    "uint16": "integer",
    "uint32": "bigint",
    "float16": "real",
    "float32": "real",
    "float64": "double precision",
}


def _vector(vectors: sql.VectorLike, nullable: bool) -> ColumnDef:
    # float16 elements are stored in half precision, all others in single precision.
    kind = "halfvec" if vectors.dtype.name == "float16" else "vector"
    return ColumnDef(f"{kind}({vectors.size})", nullable)


def _check_column(name: str, column: ColumnDef) -> None:
    check_name("column", name)
    try:
        read_type(column.type)
    except ValueError as error:
        raise ERRORS.schema(f"the column {name!r}: {error}") from None


def _check_key(name: str, column: ColumnDef) -> None:
    found = read_type(column.type).of_values
    if found.is_of_pgvector:
        raise ERRORS.schema(f"the primary key column {name!r} is a vector, which identifies no row")
    if found.base.endswith("]") or found.base == "json":
        raise ERRORS.schema(
            f"the primary key column {name!r} has the type {column.type}, for which it is unknown which values are "
            f"equal in PostgreSQL; a key is one of {', '.join(KEY_TYPES)}, or an enum"
        )


TYPES: sql.TypeMap[ColumnDef] = sql.TypeMap(
    "PostgreSQL",
    [
        (bool, "boolean"),
        (int, "bigint"),
        (float, "double precision"),
        (decimal.Decimal, "numeric"),
        (str, "text"),
        ((bytes, bytearray, memoryview), "bytea"),
        (uuid.UUID, "uuid"),
        (datetime.datetime, "timestamp with time zone"),
        (datetime.date, "date"),
        (datetime.time, "time with time zone"),
        (datetime.timedelta, "interval"),
    ],
    "jsonb",
    json_encoder=json_text,
    numpy=_NUMPY_SCALARS,
    members_are_json=True,
    column=ColumnDef,
    vector=_vector,
    marker=PgType,
    check_column=_check_column,
    check_key=_check_key,
    errors=ERRORS,
)

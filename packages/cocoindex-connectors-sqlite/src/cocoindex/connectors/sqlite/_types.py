"""Maps Python types to SQLite types.

SQLite connector, schema layer.
"""

from __future__ import annotations

import datetime
import decimal
import pathlib
import uuid

from cocoindex.connectorkits import sql

from ._column import ColumnDef, SqliteType
from ._identifier import folded
from .errors import (
    SqliteArgumentError,
    SqliteRecordTypeError,
    SqliteRowError,
    SqliteSchemaError,
    SqliteTableError,
    SqliteTableLostError,
)

__all__ = ["ERRORS", "TYPES"]

ERRORS = sql.SqlErrors(
    SqliteArgumentError,
    SqliteSchemaError,
    SqliteRecordTypeError,
    SqliteTableError,
    row=SqliteRowError,
    lost=SqliteTableLostError,
)
_INTEGERS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")

TYPES: sql.TypeMap[ColumnDef] = sql.TypeMap(
    "SQLite",
    [
        (int, "INTEGER"),  # also for bool, a subclass
        (float, "REAL"),
        ((str, decimal.Decimal, uuid.UUID, pathlib.PurePath), "TEXT"),
        ((bytes, bytearray), "BLOB"),
        ((datetime.date, datetime.time), "TEXT"),  # also for datetime, a subclass of date
        (datetime.timedelta, "REAL"),
    ],
    "TEXT",
    numpy=dict.fromkeys(_INTEGERS, "INTEGER") | dict.fromkeys(("float16", "float32", "float64", "float128"), "REAL"),
    column=ColumnDef,
    vector=lambda vectors, nullable: ColumnDef(f"float[{vectors.size}]", nullable, is_vector=True),
    marker=SqliteType,
    folded=folded,
    errors=ERRORS,
)

"""Which PostgreSQL type a Python type maps to.

Postgres connector, schema layer.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Mapping, Sequence, Set
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_origin

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.record_type import is_record_type

from .errors import PostgresSchemaError

__all__ = ["JSON", "pg_type_of"]

JSON = "jsonb"

# The first that fits decides: an enum is no int, a bool comes before int, a datetime before date.
_CLASSES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (enum.Enum, JSON),
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
    ((Mapping, Sequence, Set, pathlib.PurePath), JSON),
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


def pg_type_of(where: str, python_type: Any) -> str:
    """The PostgreSQL type for values of `python_type`; `JSON` where they are stored as JSON.

    Raises:
        PostgresSchemaError: nothing says how such values are stored.
    """
    origin = get_origin(python_type) or python_type
    if origin in (Any, object, Literal, Union, UnionType) or isinstance(origin, TypeVar):
        return JSON
    if isinstance(origin, type):
        found = _of_class(where, origin)
        if found is not None:
            return found
    raise PostgresSchemaError(
        f"{where} has the type {shown(python_type)}, which maps to no PostgreSQL type; say one with "
        'Annotated[..., PgType("text", encoder=...)] or column_overrides'
    )


def _of_class(where: str, cls: type) -> str | None:
    if cls.__module__.partition(".")[0] == "numpy":
        return _of_numpy(where, cls)
    if is_record_type(cls) or typing.is_typeddict(cls):
        return JSON
    return next((pg_type for classes, pg_type in _CLASSES if issubclass(cls, classes)), None)


def _of_numpy(where: str, cls: type) -> str | None:
    import numpy as np

    if issubclass(cls, np.ndarray):
        raise PostgresSchemaError(
            f"{where} is an array of unknown size; annotate it with what makes the vectors, as in "
            "Annotated[NDArray, EMBEDDER] or Annotated[NDArray, VectorSchema(dtype=np.float32, size=384)]"
        )
    return _NUMPY_SCALARS.get(np.dtype(cls).name) if issubclass(cls, np.generic) else None

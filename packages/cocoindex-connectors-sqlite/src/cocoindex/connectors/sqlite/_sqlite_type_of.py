"""Which SQLite type a Python type maps to.

SQLite connector, schema layer.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.record_type import is_record_type

from .errors import SqliteSchemaError

__all__ = ["JSON", "sqlite_type_of"]

JSON = "JSON"

_SCALARS: dict[type, str] = {
    int: "INTEGER",  # bool is one
    float: "REAL",
    str: "TEXT",
    bytes: "BLOB",
    bytearray: "BLOB",
    decimal.Decimal: "TEXT",
    uuid.UUID: "TEXT",
    datetime.date: "TEXT",  # datetime is one
    datetime.time: "TEXT",
    datetime.timedelta: "REAL",
    pathlib.PurePath: "TEXT",
}


def sqlite_type_of(where: str, python_type: Any) -> str:
    """The SQLite type for values of `python_type`, or `JSON` where they are stored as JSON text.

    Raises:
        SqliteSchemaError: nothing says how such values are stored.
    """
    origin = get_origin(python_type) or python_type
    if origin is Literal:
        return _type_of_values(get_args(python_type))
    if origin in (Any, object, Union, UnionType) or isinstance(origin, TypeVar):
        return JSON
    if isinstance(origin, type):
        found = _of_class(where, origin)
        if found is not None:
            return found
    raise SqliteSchemaError(
        f"{where} has the type {shown(python_type)}, which maps to no SQLite type; say one with "
        'Annotated[..., SqliteType("TEXT", encoder=...)] or column_overrides'
    )


def _of_class(where: str, cls: type) -> str | None:
    for scalar, sqlite_type in _SCALARS.items():
        if issubclass(cls, scalar):
            return sqlite_type
    if issubclass(cls, enum.Enum):
        return _type_of_values(member.value for member in cls)
    if cls.__module__.partition(".")[0] == "numpy":
        return _of_numpy(where, cls)
    if is_record_type(cls) or typing.is_typeddict(cls) or issubclass(cls, (Mapping, Sequence, Set)):
        return JSON
    return None


def _type_of_values(values: Iterable[object]) -> str:
    kinds = {str if isinstance(value, str) else int if isinstance(value, int) else None for value in values}
    if kinds == {str}:
        return "TEXT"
    return "INTEGER" if kinds == {int} else JSON


def _of_numpy(where: str, cls: type) -> str | None:
    import numpy as np

    if issubclass(cls, np.ndarray):
        raise SqliteSchemaError(
            f"{where} is an array of unknown size; annotate it with what makes the vectors, as in "
            "Annotated[NDArray, EMBEDDER] or Annotated[NDArray, VectorSchema(dtype=np.float32, size=384)]"
        )
    if issubclass(cls, (np.integer, np.bool_)):
        return "INTEGER"
    return "REAL" if issubclass(cls, np.floating) else None

"""Converts rows, given as dicts, to objects of a record type: rows stored by the target are read back unchanged.

SQLite connector, source layer.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, TypeVar, get_origin

import msgspec

from cocoindex.connectorkits import shown
from cocoindex.connectorkits.record_reader import record_reader
from cocoindex.connectorkits.record_type import field_type, is_record_type, record_fields

from .errors import SqliteRecordTypeError, SqliteRowError

__all__ = ["row_reader"]

RowT = TypeVar("RowT")
Convert = Callable[[Any], Any]


def row_reader(row_type: type[RowT]) -> Callable[[dict[str, Any]], RowT]:
    """Return a function that converts a row to a `row_type`.

    Fields get the stored values. Those of types that SQLite does not have are converted: bool, dates and times,
    decimals, UUIDs, paths, enums, vectors, and lists, dicts and records from JSON text. For a pydantic model, only JSON
    and vectors are converted; the model validates the rest itself.

    Raises:
        SqliteRecordTypeError: (a TypeError) `row_type` is not a record type.
    """
    validates = hasattr(row_type, "__pydantic_fields__")
    found = {
        name: _conversion(field_type(hint).base, validates)
        for name, hint in record_fields(row_type, SqliteRecordTypeError).items()
    }
    conversions = {name: convert for name, convert in found.items() if convert is not None}
    return record_reader(row_type, conversions, SqliteRowError)


def _conversion(base: Any, validates: bool) -> Convert | None:
    origin = get_origin(base) or base
    if not isinstance(origin, type):
        return None
    if origin.__module__.partition(".")[0] == "numpy":
        return _vector if origin.__name__ == "ndarray" else origin
    if _is_json(origin):
        return _json(Any if validates else base)
    if validates:
        return None
    if issubclass(origin, pathlib.PurePath):
        return origin
    if issubclass(origin, enum.Enum):
        return _member(origin)
    return _SCALARS.get(origin)


def _is_json(cls: type) -> bool:
    if is_record_type(cls) or typing.is_typeddict(cls):
        return True
    return issubclass(cls, (Mapping, Sequence, Set)) and not issubclass(cls, (str, bytes, bytearray))


def _json(base: Any) -> Convert:
    decode = msgspec.json.Decoder(base, strict=False).decode if not _is_model(base) else None

    def read(value: Any) -> Any:
        if not isinstance(value, str | bytes):
            raise TypeError(f"JSON is text, not {shown(value)}")
        return base.model_validate_json(value) if decode is None else decode(value)

    return read


def _is_model(base: Any) -> bool:
    return hasattr(base, "__pydantic_fields__")


def _member(cls: type[enum.Enum]) -> Convert:
    def read(value: Any) -> Any:
        try:
            return cls(value)
        except ValueError:
            if not isinstance(value, str):
                raise
            return cls(msgspec.json.decode(value))  # enums with values of several types are stored as JSON

    return read


def _vector(value: Any) -> Any:
    import numpy as np

    if isinstance(value, bytes):
        return np.frombuffer(value, dtype="<f4")
    return np.asarray(msgspec.json.decode(value), dtype="<f4")


_SCALARS: dict[type, Convert] = {
    bool: bool,
    float: float,
    datetime.date: datetime.date.fromisoformat,
    datetime.time: datetime.time.fromisoformat,
    datetime.datetime: datetime.datetime.fromisoformat,
    datetime.timedelta: lambda value: datetime.timedelta(seconds=value),
    decimal.Decimal: lambda value: decimal.Decimal(str(value)),
    uuid.UUID: uuid.UUID,
}

"""Converts a row of the database, a dict, to an object of a record type.

Layer: connectorkits. For drivers that return Python's own types, and JSON as text or parsed.
"""

from __future__ import annotations

import decimal
import enum
import pathlib
import typing
from collections.abc import Callable
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from ..record_reader import record_reader
from ..record_type import field_type, is_record_type, record_fields
from ._errors import SqlErrors

__all__ = ["row_reader"]

RowT = TypeVar("RowT")
Convert = Callable[[Any], Any]


def row_reader(row_type: type[RowT], errors: SqlErrors) -> Callable[[dict[str, Any]], RowT]:
    """Return a function that converts a row to a `row_type`.

    A pydantic model validates its fields. In other types, a field gets the value of the driver, with these conversions:
    records, lists and dicts are read from JSON; enums and paths from their values; numpy scalars and arrays; floats
    from decimals.

    Raises:
        the `errors.record_type`: (a TypeError) `row_type` is not a record type.
    """
    fields = record_fields(row_type, errors.record_type)
    is_model = hasattr(row_type, "__pydantic_fields__")
    found = {} if is_model else {name: _conversion(hint) for name, hint in fields.items()}
    return record_reader(row_type, {name: convert for name, convert in found.items() if convert}, errors.row)


def _conversion(hint: Any) -> Convert | None:
    base = field_type(hint).base
    origin = get_origin(base) or base
    if not isinstance(origin, type):
        return None
    if origin is float:
        return lambda value: float(value) if isinstance(value, decimal.Decimal) else value
    if origin.__module__.partition(".")[0] == "numpy":
        return _array_of(base) if origin.__name__ == "ndarray" else origin
    if issubclass(origin, enum.Enum | pathlib.PurePath):
        return origin
    if is_record_type(origin) or typing.is_typeddict(origin):
        return _of_json(base)
    if origin in (list, tuple, set, frozenset, dict) and get_args(base):
        return _of_json(base)
    return None


def _of_json(base: Any) -> Convert:
    validate: Convert | None = base.model_validate if hasattr(base, "__pydantic_fields__") else None

    def convert(value: Any) -> Any:
        if isinstance(value, str):
            value = msgspec.json.decode(value)
        return validate(value) if validate is not None else msgspec.convert(value, base, strict=False)

    return convert


def _array_of(base: Any) -> Convert:
    """Return a function that converts to arrays; `NDArray[...]` may give the element type."""
    elements = [get_args(part)[0] for part in get_args(base)[1:] if get_args(part)]
    dtype = elements[0] if elements and isinstance(elements[0], type) and elements[0] is not Any else None

    def convert(value: Any) -> Any:
        import numpy as np

        return np.asarray(value, dtype=dtype)

    return convert

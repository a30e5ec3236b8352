"""From a row of the database, as a dict, to an object of a record type.

Postgres connector, source layer.
"""

from __future__ import annotations

import decimal
import typing
from collections.abc import Callable
from typing import Any, TypeVar, get_origin

import msgspec

from cocoindex.connectorkits.record_reader import record_reader
from cocoindex.connectorkits.record_type import field_type, is_record_type, record_fields

from .errors import PostgresRecordTypeError, PostgresRowError

__all__ = ["row_reader", "text_fields"]

RowT = TypeVar("RowT")
Convert = Callable[[Any], Any]


def row_reader(row_type: type[RowT]) -> Callable[[dict[str, Any]], RowT]:
    """The function that makes a `row_type` of a row.

    A pydantic model validates. Of other types, fields get what psycopg gives, but for records, lists and dicts (from
    JSON), enums (from their values), numpy arrays (from vectors and arrays) and floats (from numeric columns).

    Raises:
        PostgresRecordTypeError: (a TypeError) it is no record type.
    """
    fields = record_fields(row_type, PostgresRecordTypeError)
    found = (
        {} if hasattr(row_type, "__pydantic_fields__") else {name: _conversion(hint) for name, hint in fields.items()}
    )
    conversions = {name: convert for name, convert in found.items() if convert is not None}
    return record_reader(row_type, conversions, PostgresRowError)


def text_fields(row_type: type[Any]) -> frozenset[str]:
    """The fields that take any value as text."""
    fields = record_fields(row_type, PostgresRecordTypeError)
    return frozenset(name for name, hint in fields.items() if field_type(hint).base is str)


def _conversion(hint: Any) -> Convert | None:
    base = field_type(hint).base
    origin = get_origin(base) or base
    if not isinstance(origin, type):
        return None
    if origin is float:
        return lambda value: float(value) if isinstance(value, decimal.Decimal) else value
    if origin.__module__.partition(".")[0] == "numpy":
        return _as_array if origin.__name__ == "ndarray" else None
    if is_record_type(origin) or typing.is_typeddict(origin) or hasattr(origin, "__members__"):
        return _converted(base)
    if origin in (list, tuple, set, frozenset, dict) and typing.get_args(base):
        return _converted(base)
    return None


def _converted(base: Any) -> Convert:
    if hasattr(base, "__pydantic_fields__"):
        validate: Convert = base.model_validate
        return validate
    return lambda value: msgspec.convert(value, base, strict=False)


def _as_array(value: Any) -> Any:
    import numpy as np

    return np.asarray(value)

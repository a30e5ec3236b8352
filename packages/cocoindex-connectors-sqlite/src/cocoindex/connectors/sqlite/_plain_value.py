"""Converts Python values to the types that SQLite stores: None, int, float, str and bytes.

SQLite connector, row layer.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from cocoindex.connectorkits.record_type import is_record_type
from cocoindex.connectorkits.sql import json_text

from ._vector_value import vector_encoder

__all__ = ["INT_MAX", "INT_MIN", "StoredValue", "plain_value"]

StoredValue = None | int | float | str | bytes

INT_MIN, INT_MAX = -(2**63), 2**63 - 1


def plain_value(value: Any) -> StoredValue:
    """Return the stored form of `value` by its type; None stays None.

    Raises:
        ValueError: it is an int beyond 64 bits, or NaN.
        TypeError: values of its type cannot be stored in SQLite.
    """
    encode = _EXACT.get(value.__class__)
    return encode(value) if encode is not None else _by_ancestry(value)


def _int(value: int) -> int:
    if INT_MIN <= value <= INT_MAX:
        return value
    raise ValueError(f"{value} does not fit into the 64 bits of a SQLite INTEGER; store it as TEXT")


def _float(value: float) -> float:
    if value == value:
        return value
    raise ValueError("the value is NaN, which SQLite would store as NULL; use None if you mean NULL")


def _bytes(value: Any) -> bytes:
    return bytes(value)


def _isoformat(value: datetime.date | datetime.time) -> str:
    return value.isoformat()


_EXACT: dict[type, Callable[[Any], StoredValue]] = {
    type(None): lambda value: None,
    bool: int,
    int: _int,
    float: _float,
    str: lambda value: value,
    bytes: lambda value: value,
    bytearray: _bytes,
    memoryview: _bytes,
    decimal.Decimal: str,
    uuid.UUID: str,
    datetime.date: _isoformat,
    datetime.time: _isoformat,
    datetime.datetime: _isoformat,
    datetime.timedelta: datetime.timedelta.total_seconds,
    list: json_text,
    tuple: json_text,
    dict: json_text,
}

# Values of subclasses are converted to the base class, so that equal values have one stored form and one fingerprint.
_ANCESTRY: tuple[tuple[type | tuple[type, ...], Callable[[Any], StoredValue]], ...] = (
    (enum.Enum, lambda value: plain_value(value.value)),
    (str, str.__str__),
    (int, lambda value: _int(int.__int__(value))),
    (float, lambda value: _float(float.__float__(value))),
    (bytes, lambda value: bytes(memoryview(value))),
    ((decimal.Decimal, uuid.UUID, pathlib.PurePath), str),
    ((datetime.date, datetime.time), _isoformat),
    (datetime.timedelta, datetime.timedelta.total_seconds),
    ((Mapping, Sequence, Set), json_text),
)


def _by_ancestry(value: Any) -> StoredValue:
    for ancestors, encode in _ANCESTRY:
        if isinstance(value, ancestors):
            return encode(value)
    if hasattr(value, "dtype"):  # numpy's
        return vector_encoder(None)(value) if value.ndim else plain_value(value.item())
    if is_record_type(type(value)):
        return json_text(value)
    raise TypeError(f"a {type(value).__qualname__} cannot be stored in SQLite; give the column an encoder")

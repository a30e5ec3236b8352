"""Converts Python values to text that PostgreSQL reads as values of a column's type.

Postgres connector, row layer: for types that this connector does not write in binary form.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, Dumper, PyFormat, Transformer
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from cocoindex.connectorkits import shown

from ._json_text import json_text
from ._nul import without_nul
from ._type_name import TypeName

__all__ = ["sql_text"]

_UNZONED = {
    "timestamp": "timestamp with time zone",
    "time": "time with time zone",
    "tsrange": "tstzrange",
    "tsmultirange": "tstzmultirange",
}


def sql_text(column: TypeName) -> Callable[[Any], str]:
    """Return a function that converts a value to PostgreSQL's text form of this type, without any U+0000."""

    if column.base.endswith("]"):
        return _array_text(column.base.rstrip("[]0123456789"))
    return _single_text(column.base)


def _single_text(base: str) -> Callable[[Any], str]:
    def text(value: Any) -> str:
        if value.__class__ is str:
            return without_nul(value)
        if isinstance(value, enum.Enum):
            return text(value.value)
        if isinstance(value, (datetime.datetime, datetime.time)):
            return _moment(value, base)
        if isinstance(value, (datetime.date, decimal.Decimal, int, float, uuid.UUID, pathlib.PurePath)):
            return str(value)
        if isinstance(value, Range):
            return _by_psycopg(_range_of_texts(value, text))
        if isinstance(value, Multirange):
            return _by_psycopg(Multirange(_range_of_texts(each, text) for each in value))
        return _by_psycopg(value)

    return text


def _range_of_texts(value: Range[Any], text: Callable[[Any], str]) -> Range[str]:
    """Return the range with its bounds as texts, which may have two types, such as a date and 'infinity'."""
    if value.isempty:
        return Range(empty=True)
    lower, upper = (None if bound is None else text(bound) for bound in (value.lower, value.upper))
    return Range(lower, upper, value.bounds)


def _array_text(base: str) -> Callable[[Any], str]:
    """Return the function for an array with elements of the type `base`; see `sql_text`."""
    of_element = json_text if base in ("json", "jsonb") else _single_text(base)

    def element(value: Any) -> Any:
        if isinstance(value, enum.Enum):
            value = value.value
        if hasattr(value, "dtype"):  # of numpy
            value = value.tolist()
        if value is None or (isinstance(value, (list, tuple)) and of_element is not json_text):
            return value if value is None else list(map(element, value))
        # All elements as texts: psycopg does not accept a list of values of several types, such as 1 and 2.5.
        return of_element(value)

    def text(value: Any) -> str:
        if isinstance(value, str):
            return without_nul(value)
        elements = value.tolist() if hasattr(value, "dtype") else value
        if not isinstance(elements, (list, tuple)):
            raise TypeError(f"the type {base}[] takes a list, and the value {shown(value)} is not a list")
        return _by_psycopg(list(map(element, elements)))

    return text


def _moment(value: datetime.datetime | datetime.time, base: str) -> str:
    if value.tzinfo is not None and base in _UNZONED:
        raise ValueError(
            f"{shown(value)} has a time zone, which the type {base} would lose; declare the column as "
            f"{_UNZONED[base]}, or give a value without one"
        )
    return value.isoformat()


class _BytesDumper(Dumper):
    """Dumps bytes inside arrays and ranges. psycopg's own dumper doubles quotes, as for a literal in a statement."""

    def dump(self, obj: bytes | bytearray | memoryview) -> bytes:
        return b"\\x" + bytes(obj).hex().encode()


class _Adapting:
    """An adaptation context without a connection, so that the settings of a connection have no effect."""

    connection = None
    adapters = AdaptersMap(psycopg.adapters)


for _kind in (bytes, bytearray, memoryview):
    _Adapting.adapters.register_dumper(_kind, _BytesDumper)


def _by_psycopg(value: Any) -> str:
    dumped = Transformer(_Adapting()).get_dumper(value, PyFormat.TEXT).dump(value)
    if dumped is None:
        raise TypeError(f"{shown(value)} is NULL to psycopg")
    return without_nul(bytes(dumped).decode())

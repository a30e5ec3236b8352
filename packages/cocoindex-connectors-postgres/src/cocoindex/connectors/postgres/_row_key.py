"""Converts primary key values to target state keys: values that are equal in PostgreSQL give the same key.

Postgres connector, row layer. A key part is the value that the column stores, so that it finds the row to delete.
"""

from __future__ import annotations

import enum
import operator
import pathlib
import struct
import uuid
from collections.abc import Callable
from typing import Any, cast

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.connectorkits.sql import date_text, interval_text, numeric_text, time_text, timestamp_text

from ._field import ToField, field_of, sized
from ._key_json import canonical_json
from ._key_network import cidr_text, inet_text, mac_text
from ._type_name import TypeName

__all__ = ["KEY_TYPES", "KeyPart", "can_be_key", "key_field", "key_part"]

KeyPart = Callable[[Any], coco.StableKey]

_REAL = struct.Struct("!f")


def can_be_key(column: TypeName) -> bool:
    """Say whether this connector knows which values of this type are equal in PostgreSQL.

    It does for enums, too, but only the server knows whether a type is an enum.
    """
    return column.base in KEY_TYPES


def key_part(column: TypeName) -> KeyPart:
    """Return a function that converts a value of a primary key column to a key part.

    Key parts are equal if the values are equal in PostgreSQL. The function raises ValueError, TypeError or
    OverflowError for a value that the column cannot hold, or whose stored form is not known in advance.
    """
    make = KEY_TYPES.get(column.base)
    return _text if make is None else make(column)


def key_field(column: TypeName) -> ToField:
    """Return a function that encodes a key part as a field of binary COPY."""
    if column.base in ("double precision", "real"):
        number = cast("ToField", field_of(column))
        return lambda part: number(float(part))
    return field_of(column) or (lambda part: sized(part.encode()))


def _integer(column: TypeName) -> KeyPart:
    def part(value: Any) -> int:
        if value.__class__ is int:
            return value
        try:
            return operator.index(value.value if isinstance(value, enum.Enum) else value)
        except TypeError:
            kind = type(value).__qualname__
            raise TypeError(f"the type {column.base} takes int, and the value {shown(value)} is a {kind}") from None

    return part


def _bool(value: Any) -> bool:
    if value is True or value is False or type(value).__name__ in ("bool", "bool_"):  # the latter are numpy's
        return bool(value)
    raise TypeError(f"the type boolean takes bool, and the value {shown(value)} is a {type(value).__qualname__}")


def _double(value: Any) -> str:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise TypeError(f"the column takes float or int, and the value {shown(value)} is a {type(value).__qualname__}")
    return repr(float(value) + 0.0)  # -0.0 becomes 0.0


def _real(value: Any) -> str:
    number = float(_double(value))
    try:
        return repr(float(_REAL.unpack(_REAL.pack(number))[0]) + 0.0)
    except OverflowError:
        raise OverflowError(f"{shown(value)} does not fit into the type real; use double precision") from None


def _bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"the type bytea takes bytes, and the value {shown(value)} is a {type(value).__qualname__}")


def _uuid(value: Any) -> uuid.UUID:
    if isinstance(value, uuid.UUID):
        return value
    if isinstance(value, str):
        return uuid.UUID(value)
    raise TypeError(f"the type uuid takes uuid.UUID, and the value {shown(value)} is a {type(value).__qualname__}")


def _text(value: Any) -> str:
    if value.__class__ is not str:
        value = value.value if isinstance(value, enum.Enum) else value
        if not isinstance(value, (str, pathlib.PurePath)):
            raise TypeError(f"the column takes str, and the value {shown(value)} is a {type(value).__qualname__}")
        value = str.__str__(value) if isinstance(value, str) else str(value)
    if "\0" in value:
        raise ValueError("the value holds U+0000, which PostgreSQL cannot store; without it, two keys could be equal")
    return cast("str", value)


def _of_length(column: TypeName) -> KeyPart:
    longest = int(column.modifiers) if column.modifiers else None

    def text(value: Any) -> str:
        found = _text(value)
        if longest is not None and len(found) > longest:
            if found[longest:].strip(" "):
                raise ValueError(f"the text has {len(found)} characters, and the type takes {longest}")
            found = found[:longest]  # PostgreSQL also cuts off blanks beyond the length
        return found

    return text


def _padded(column: TypeName) -> KeyPart:
    text = _of_length(column)
    return lambda value: cast("str", text(value)).rstrip(" ")  # trailing blanks do not count in this type


KEY_TYPES: dict[str, Callable[[TypeName], KeyPart]] = {
    "smallint": _integer,
    "integer": _integer,
    "bigint": _integer,
    "boolean": lambda column: _bool,
    "double precision": lambda column: _double,
    "real": lambda column: _real,
    "numeric": numeric_text,
    "text": lambda column: _text,
    "character varying": _of_length,
    "character": _padded,
    "bytea": lambda column: _bytes,
    "uuid": lambda column: _uuid,
    "date": lambda column: date_text,
    "timestamp": lambda column: timestamp_text(column, zoned=False),
    "timestamp with time zone": lambda column: timestamp_text(column, zoned=True),
    "time": lambda column: time_text(column, zoned=False),
    "time with time zone": lambda column: time_text(column, zoned=True),
    "interval": interval_text,
    "jsonb": lambda column: canonical_json,
    "inet": lambda column: inet_text,
    "cidr": lambda column: cidr_text,
    "macaddr": lambda column: mac_text,
}
"""The types of primary key columns, each with the function that returns the `key_part` for a column of the type."""

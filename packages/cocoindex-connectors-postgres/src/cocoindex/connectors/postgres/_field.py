"""Encodes Python values as fields of binary COPY (size and bytes), with one function for each kind of column.

Postgres connector, row layer. The functions run once for each value of each row, so they are short.
"""

from __future__ import annotations

import enum
import operator
import pathlib
import uuid
from collections.abc import Callable
from struct import Struct
from typing import Any

from cocoindex.connectorkits import shown

from ._json_text import json_text
from ._nul import without_nul
from ._type_name import TypeName
from ._vector_field import vector_field

__all__ = ["NULL", "ToField", "field_of", "sized"]

ToField = Callable[[Any], bytes]

_SIZE = Struct("!i").pack
_DOUBLE = Struct("!id").pack
_FLOAT = Struct("!if").pack
NULL = _SIZE(-1)


def field_of(column: TypeName) -> ToField | None:
    """Return the function for a column of this type; None if its values must be sent as text (see `sql_text`).

    The function raises ValueError, TypeError or OverflowError for a value that the column cannot hold.
    """
    return vector_field(column) if column.is_vector else _KINDS.get(column.base)


def sized(data: bytes) -> bytes:
    """Return the field that holds `data`."""
    return _SIZE(len(data)) + data


def _integer_of(name: str, layout: str, bits: int) -> ToField:
    pack = Struct(layout).pack
    size, low, high = bits // 8, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def integer(value: Any) -> bytes:
        if value.__class__ is not int:
            value = _as_int(value, name)
        if low <= value <= high:
            return pack(size, value)
        raise OverflowError(f"{value} does not fit into the {bits} bits of the type {name}")

    return integer


def _as_int(value: Any, name: str) -> int:
    try:
        return operator.index(value.value if isinstance(value, enum.Enum) else value)
    except TypeError:
        raise _unfit(value, "int", name) from None


def _unfit(value: Any, wanted: str, name: str) -> TypeError:
    return TypeError(f"the type {name} takes {wanted}, and the value {shown(value)} is a {type(value).__qualname__}")


def _number(value: Any, name: str) -> float:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise _unfit(value, "float or int", name)
    return float(value)


def _double(value: Any) -> bytes:
    return _DOUBLE(8, value if value.__class__ is float else _number(value, "double precision"))


def _real(value: Any) -> bytes:
    try:
        return _FLOAT(4, _number(value, "real"))
    except OverflowError:
        raise OverflowError(f"{shown(value)} does not fit into the type real; use double precision") from None


def _boolean(value: Any) -> bytes:
    if value is True or value is False or type(value).__name__ in ("bool", "bool_"):  # the latter are numpy's
        return sized(b"\1" if value else b"\0")
    raise _unfit(value, "bool", "boolean")


def _text(value: Any) -> bytes:
    text: str = value if value.__class__ is str else _as_str(value)
    data = text.encode() if "\0" not in text else without_nul(text).encode()
    return _SIZE(len(data)) + data


def _as_str(value: Any) -> str:
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, (str, pathlib.PurePath)):
        return str(value)
    raise _unfit(value, "str", "text")


def _bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return sized(bytes(value))
    raise _unfit(value, "bytes", "bytea")


def _uuid(value: Any) -> bytes:
    if isinstance(value, uuid.UUID):
        return sized(value.bytes)
    if isinstance(value, str):
        return sized(uuid.UUID(value).bytes)
    raise _unfit(value, "uuid.UUID", "uuid")


def _as_json(value: Any) -> bytes:
    # A str is JSON already, returned by an encoder.
    return without_nul(value if value.__class__ is str else json_text(value)).encode()


def _json(value: Any) -> bytes:
    return sized(_as_json(value))


def _jsonb(value: Any) -> bytes:
    return sized(b"\1" + _as_json(value))  # 1 is the version of the binary format


_KINDS: dict[str, ToField] = {
    "smallint": _integer_of("smallint", "!ih", 16),
    "integer": _integer_of("integer", "!ii", 32),
    "bigint": _integer_of("bigint", "!iq", 64),
    "double precision": _double,
    "real": _real,
    "boolean": _boolean,
    "text": _text,
    "character varying": _text,
    "character": _text,
    "bytea": _bytes,
    "uuid": _uuid,
    "json": _json,
    "jsonb": _jsonb,
}

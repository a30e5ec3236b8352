"""From a Python value to what PostgreSQL receives for it in binary form: one function for each kind of column.

Postgres connector, row layer. The functions run once for each value of each row: they are kept short.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import operator
import pathlib
import uuid
from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Any

from psycopg.adapt import PyFormat, Transformer

from ._json_text import json_text
from ._type_name import TypeName

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ToWire", "sql_text", "to_wire"]

ToWire = Callable[[Any], bytes]

_DOUBLE = Struct("!d")
_FLOAT = Struct("!f")


def to_wire(column: TypeName) -> ToWire | None:
    """The function for a column of this type; None where the server has to read its text, as `sql_text` gives it.

    The function raises ValueError, TypeError or OverflowError for a value that such a column cannot hold.
    """
    if column.is_vector:
        return _vector_of(column)
    return _KINDS.get(column.base)


def _integer_of(name: str, layout: str, bits: int) -> ToWire:
    pack = Struct(layout).pack
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def integer(value: Any) -> bytes:
        if value.__class__ is not int:
            value = _as_int(value, name)
        if low <= value <= high:
            return pack(value)
        raise OverflowError(f"{value} does not fit into the {bits} bits of the type {name}")

    return integer


def _as_int(value: Any, name: str) -> int:
    try:
        return operator.index(value.value if isinstance(value, enum.Enum) else value)
    except TypeError:
        raise _unfit(value, "int", name) from None


def _unfit(value: Any, wanted: str, name: str) -> TypeError:
    return TypeError(f"the type {name} takes {wanted}, and the value {value!r} is a {type(value).__qualname__}")


def _number(value: Any, name: str) -> float:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
        raise _unfit(value, "float or int", name)
    return float(value)


def _double(value: Any) -> bytes:
    return _DOUBLE.pack(value if value.__class__ is float else _number(value, "double precision"))


def _real(value: Any) -> bytes:
    try:
        return _FLOAT.pack(_number(value, "real"))
    except OverflowError:
        raise OverflowError(f"{value!r} does not fit into the type real; use double precision") from None


def _boolean(value: Any) -> bytes:
    if value is True or value is False:
        return b"\1" if value else b"\0"
    if type(value).__name__ in ("bool", "bool_"):  # numpy's
        return b"\1" if value else b"\0"
    raise _unfit(value, "bool", "boolean")


def _text(value: Any) -> bytes:
    if value.__class__ is not str:
        value = _as_str(value)
    text: str = value.replace("\0", "") if "\0" in value else value
    return text.encode()


def _as_str(value: Any) -> str:
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, (str, pathlib.PurePath)):
        return str(value)
    raise _unfit(value, "str", "text")


def _bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise _unfit(value, "bytes", "bytea")


def _uuid(value: Any) -> bytes:
    if isinstance(value, uuid.UUID):
        return value.bytes
    if isinstance(value, str):
        return uuid.UUID(value).bytes
    raise _unfit(value, "uuid.UUID", "uuid")


def _json(value: Any) -> bytes:
    text = value if value.__class__ is str else json_text(value)
    return text.replace("\0", "").encode()


def _jsonb(value: Any) -> bytes:
    return b"\1" + _json(value)


_KINDS: dict[str, ToWire] = {
    "smallint": _integer_of("smallint", "!h", 16),
    "integer": _integer_of("integer", "!i", 32),
    "bigint": _integer_of("bigint", "!q", 64),
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


def _vector_of(column: TypeName) -> ToWire:
    import numpy as np
    from pgvector import HalfVector, Vector

    kind: Any = HalfVector if column.base == "halfvec" else Vector
    size = column.vector_size

    def vector(value: Any) -> bytes:
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
            made = kind(_elements(value))
        if size is not None and made.dimensions() != size:
            raise ValueError(f"the vector has {made.dimensions()} elements where {size} are declared")
        if b"\0" in np.isfinite(made.to_numpy()).tobytes():  # four times as fast as .all() on vectors of usual sizes
            raise ValueError(f"the vector holds a NaN or an infinity as {column.base}, with which nothing is compared")
        data: bytes = made.to_binary()
        return data

    return vector


def _elements(value: Any) -> NDArray[Any] | list[float]:
    if hasattr(value, "to_list"):  # pgvector's own
        value = value.to_list()
    if isinstance(value, str):
        value = [float(part) for part in value.strip().removeprefix("[").removesuffix("]").split(",")]
    if isinstance(value, (list, tuple)):
        return [float(element) for element in value]
    if not hasattr(value, "dtype"):
        raise _unfit(value, "a numpy array or a list of numbers", "vector")
    array: NDArray[Any] = value
    if array.ndim != 1 or array.dtype.kind not in "fiub":
        raise ValueError(f"a vector has numbers in one dimension, not {array.dtype} in the shape {array.shape}")
    return array


def sql_text(column: TypeName) -> Callable[[Any], str]:
    """The function from a value to the text that PostgreSQL reads as one of this type, without any U+0000."""

    def text(value: Any) -> str:
        if value.__class__ is str:
            return value.replace("\0", "") if "\0" in value else value
        if isinstance(value, enum.Enum):
            return text(value.value)
        if isinstance(value, (datetime.datetime, datetime.time)):
            return _moment(value, column.base)
        if isinstance(value, (datetime.date, decimal.Decimal, int, float, uuid.UUID, pathlib.PurePath)):
            return str(value)
        return _by_psycopg(value)

    return text


def _moment(value: datetime.datetime | datetime.time, base: str) -> str:
    if value.tzinfo is not None and base in ("timestamp", "time"):
        raise ValueError(
            f"{value!r} has a time zone, which the type {base} would lose; declare the column as {base} with time "
            "zone, or give a value without one"
        )
    return value.isoformat()


def _by_psycopg(value: Any) -> str:
    dumped = Transformer().get_dumper(value, PyFormat.TEXT).dump(value)
    if dumped is None:
        raise TypeError(f"{value!r} is NULL to psycopg")
    return bytes(dumped).decode().replace("\0", "")

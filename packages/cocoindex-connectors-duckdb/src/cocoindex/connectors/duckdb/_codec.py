"""From a Python value to the text that DuckDB reads as a value of a column's type, or to why there is none.

DuckDB connector, row layer. Rows reach DuckDB as text: bound parameters are slow, and convert what they should not.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import pathlib
import struct
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from cocoindex.connectorkits import shown, sql
from duckdb.sqltypes import DuckDBPyType

from ._types import kind_of, parts_of

__all__ = ["codec_of"]

Encoder = Callable[[Any], Any]

_SIZES = {"tiny": 8, "small": 16, "eger": 32, "big": 64, "huge": 128}
_EXACT = decimal.Context(prec=100)
_UTC = datetime.UTC


def codec_of(column: sql.ColumnDef, *, nullable: bool) -> sql.Codec:
    """The functions for the values of a column; `encode` raises ValueError, TypeError or OverflowError."""
    kind, prepare = kind_of(column.type), column.encoder
    encode_value = _encoder_of(kind)

    def encode(value: Any) -> str | None:
        if value is not None and prepare is not None:
            value = prepare(value)
        if value is not None:
            text: str = encode_value(value)
            return text
        if nullable:
            return None
        raise ValueError("the value is None, and the column takes no NULL")

    if kind.id in ("float", "double"):
        return sql.Codec(encode, lambda text: "0.0" if text == "-0.0" else text)
    is_number = "int" in kind.id
    return sql.Codec(encode, lambda text: int(text) if is_number and len(text) < 19 else text)


def _encoder_of(kind: DuckDBPyType) -> Encoder:
    """The function for values other than None; of nested types, it gives JSON text."""
    if kind.id in ("list", "array", "struct", "map"):
        nested = _nested(kind)
        return lambda value: json.dumps(nested(value), ensure_ascii=False)
    return _leaf(kind)


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return value.item() if hasattr(value, "dtype") and not getattr(value, "ndim", 1) else value


def _wrong(value: Any, what: str) -> TypeError:
    return TypeError(f"a value of the column is {what}, not {shown(value)}")


def _only(what: str, classes: type | tuple[type, ...], encode: Encoder) -> Encoder:
    def check(value: Any) -> Any:
        value = _plain(value)
        if not isinstance(value, classes):
            raise _wrong(value, what)
        return encode(value)

    return check


def _leaf(kind: DuckDBPyType) -> Encoder:
    name = kind.id
    if str(kind) == "JSON":
        return sql.json_text
    if name.startswith("timestamp"):
        return _only("a datetime", datetime.datetime, _moment(name))
    if name == "decimal":
        return _only("a number", (int, float, decimal.Decimal), _decimal(**parts_of(kind)))
    if name == "enum":
        return _only("a str", str, _member(parts_of(kind)["values"]))
    if name in _LEAVES:
        return _only(*_LEAVES[name])
    return _only("an int", int, _integer(name))


def _integer(name: str) -> Encoder:
    unsigned = name.startswith("u")
    bits = next(bits for size, bits in _SIZES.items() if size in name)
    low, high = (0, 2**bits) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1))

    def encode(value: int) -> str:
        if low <= value < high:
            return str(int(value))
        raise ValueError(f"{value} does not fit into {name.upper()}, which goes from {low} to {high - 1}")

    return encode


def _floating(bits: int) -> Encoder:
    def encode(value: float) -> str:
        number = float(value)
        if number != value and number == number:
            raise ValueError(f"{value} has more digits than the column tells apart; declare it as DECIMAL or VARCHAR")
        if bits == 32:
            (number,) = struct.unpack("<f", struct.pack("<f", number))  # OverflowError past its range
        return repr(number)

    return encode


def _decimal(precision: int, scale: int) -> Encoder:
    unit, limit = decimal.Decimal(1).scaleb(-scale), decimal.Decimal(10) ** (precision - scale)

    def encode(value: float | decimal.Decimal) -> str:
        number = decimal.Decimal(repr(float(value)) if isinstance(value, float) else value)
        if (
            not number.is_finite()
            or number.copy_abs() >= limit
            or (exact := number.quantize(unit, context=_EXACT)) != number
        ):
            raise ValueError(f"{value} is no DECIMAL({precision}, {scale}): give the column another type or round it")
        return f"{exact or exact.copy_abs():f}"

    return encode


def _moment(name: str) -> Encoder:
    has_zone = name.endswith("time zone")
    step = {"timestamp_s": 1_000_000, "timestamp_ms": 1_000}.get(name, 1)

    def encode(value: datetime.datetime) -> str:
        if (value.utcoffset() is None) == has_zone:
            other = "TIMESTAMP" if has_zone else "TIMESTAMPTZ"
            raise ValueError(f"{value} has {'no' if has_zone else 'a'} time zone; give the column the type {other}")
        if value.microsecond % step:
            raise ValueError(f"{value} has more digits than {name.upper()} keeps")
        return (value.astimezone(_UTC) if has_zone else value).isoformat()

    return encode


def _clock(has_zone: bool) -> Encoder:
    def encode(value: datetime.time) -> str:
        if (value.utcoffset() is None) == has_zone:
            raise ValueError(f"{value} has {'no' if has_zone else 'a'} time zone; the column's type says the opposite")
        return value.isoformat()

    return encode


def _day(value: datetime.date) -> str:
    if isinstance(value, datetime.datetime):
        raise _wrong(value, "a date without a time")
    return value.isoformat()


def _span(value: datetime.timedelta) -> str:
    return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"


def _member(members: Sequence[str]) -> Encoder:
    def encode(value: str) -> str:
        if value in members:
            return value
        raise ValueError(f"{value!r} is none of {', '.join(map(repr, members))}")

    return encode


_LEAVES: dict[str, tuple[str, Any, Encoder]] = {
    "boolean": ("True or False", bool, lambda value: "true" if value else "false"),
    "float": ("a number", (int, float), _floating(32)),
    "double": ("a number", (int, float), _floating(64)),
    "varchar": ("a str", (str, pathlib.PurePath, uuid.UUID), str),
    "blob": ("bytes", (bytes, bytearray, memoryview), lambda value: bytes(value).hex()),
    "uuid": ("a UUID", (uuid.UUID, str), lambda value: str(uuid.UUID(str(value)))),
    "date": ("a date", datetime.date, _day),
    "time": ("a time", datetime.time, _clock(False)),
    "time with time zone": ("a time", datetime.time, _clock(True)),
    "interval": ("a timedelta", datetime.timedelta, _span),
}


def _nested(kind: DuckDBPyType) -> Encoder:
    """The function that gives what JSON is made of."""
    if kind.id not in ("list", "array", "struct", "map"):
        leaf = _leaf(kind)
        is_json = str(kind) == "JSON"
        return lambda value: None if value is None else sql.json_builtins(value) if is_json else leaf(value)
    parts = parts_of(kind)
    if kind.id == "map":
        key, inner = _nested(parts["key"]), _nested(parts["value"])
        return _only("a mapping", Mapping, lambda value: {key(k): inner(v) for k, v in value.items()})
    if kind.id == "struct":
        fields = {name: _nested(part) for name, part in parts.items()}
        return lambda value: None if value is None else _fields(value, fields)
    size, inner = parts.get("size"), _nested(parts["child"])

    def encode(value: Any) -> list[Any] | None:
        if value is None:
            return None
        items = value.tolist() if hasattr(value, "tolist") else value
        if not isinstance(items, Sequence | Set) or isinstance(items, str | bytes | bytearray):
            raise _wrong(value, "a list")
        if size is not None and len(items) != size:
            raise ValueError(f"it has {len(items)} elements where {size} are declared")
        return [inner(item) for item in items]

    return encode


def _fields(value: Any, fields: Mapping[str, Encoder]) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {name: getattr(value, name) for name in fields}
    if unknown := given.keys() - fields.keys():
        raise ValueError(f"the struct has no field {', '.join(map(repr, sorted(unknown)))}")
    return {name: encode(given.get(name)) for name, encode in fields.items()}

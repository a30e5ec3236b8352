"""Encodes Python values as the text that a column of a given type stores, or raises an error with the reason.

Layer: connectorkits. For databases whose columns have strict types: nothing is rounded, truncated or converted, so the
database returns the declared value. Each function here returns an encoder, which is created once per column. The
encoder accepts the values that its docstring lists, and enum members and numpy scalars with such values. It raises
ValueError, TypeError or OverflowError for any other value. If a database needs another text, write your own encoder:
any function of one value.
"""

from __future__ import annotations

import datetime as dt
import decimal as dec
import enum
import json
import pathlib
import struct as layouts
import uuid as uuids
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from typing import Any

from cocoindex._numbers import is_whole
from cocoindex._shown import shown

from ..errors import ConnectorKitError

__all__ = [
    "INTEGERS",
    "STANDARD",
    "Encoder",
    "as_json",
    "boolean",
    "date",
    "decimal",
    "fields",
    "floating",
    "hexadecimal",
    "integer",
    "interval",
    "items",
    "mapping",
    "member",
    "text",
    "time",
    "timestamp",
    "uuid",
]

Encoder = Callable[[Any], Any]

INTEGERS = {
    sign + name: (bits, not sign)
    for name, bits in (("tinyint", 8), ("smallint", 16), ("integer", 32), ("bigint", 64), ("hugeint", 128))
    for sign in ("", "u")
}
"""Integer types by their usual names: the number of bits, and whether the type is signed."""

_WIDE = dec.Context(prec=100)


def boolean() -> Encoder:
    """Return an encoder of True and False, as `true` and `false`."""
    return _only("True or False", bool, lambda value: "true" if value else "false")


def integer(name: str, bits: int, *, signed: bool = True) -> Encoder:
    """Return an encoder of ints of this many bits; `name` is the name of the type in messages."""
    _check_whole("bits= of integer()", bits)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if signed else (0, 2**bits)

    def encode(value: int) -> str:
        if low <= value < high:
            return str(int(value))
        raise ValueError(f"{value} does not fit into {name}, which goes from {low} to {high - 1}")

    return _only("an int", int, encode)


def floating(bits: int) -> Encoder:
    """Return an encoder of floats of 32 or 64 bits, and of ints that a float can represent exactly."""
    if isinstance(bits, bool) or bits not in (32, 64):
        raise ConnectorKitError(f"bits= of floating() is 32 or 64, not {shown(bits)}")

    def encode(value: float) -> str:
        number = float(value)
        if number != value and number == number:
            raise ValueError(f"{value} has more digits than the column can store; declare it as a decimal or text")
        if bits == 32:
            (number,) = layouts.unpack("<f", layouts.pack("<f", number))  # OverflowError past its range
        return repr(number)

    return _only("a number", (int, float), encode)


def decimal(precision: int, scale: int) -> Encoder:
    """Return an encoder of numbers with at most `precision` digits, `scale` of them after the decimal point."""
    _check_whole("precision= of decimal()", precision)
    if not is_whole(scale):
        raise ConnectorKitError(f"scale= of decimal() is a whole number, not {shown(scale)}")
    unit, limit = dec.Decimal(1).scaleb(-scale), dec.Decimal(10) ** (precision - scale)

    def encode(value: float | dec.Decimal) -> str:
        number = dec.Decimal(repr(float(value)) if isinstance(value, float) else value)
        if number.is_finite() and number.copy_abs() < limit:
            exact = number.quantize(unit, context=_WIDE)
            if exact == number:
                return f"{exact or exact.copy_abs():f}"
        raise ValueError(
            f"{value} does not fit into DECIMAL({precision}, {scale}): give the column another type or round it"
        )

    return _only("a number", (int, float, dec.Decimal), encode)


def text() -> Encoder:
    """Return an encoder of texts, paths and UUIDs."""
    return _only("a str", (str, pathlib.PurePath, uuids.UUID), str)


def member(members: Collection[str]) -> Encoder:
    """Return an encoder of texts that are one of `members`."""

    def encode(value: str) -> str:
        if value in members:
            return value
        raise ValueError(f"{shown(value)} is not one of {', '.join(map(repr, members))}")

    return _only("a str", str, encode)


def hexadecimal() -> Encoder:
    """Return an encoder of bytes, as two hexadecimal digits per byte."""
    return _only("bytes", (bytes, bytearray, memoryview), lambda value: bytes(value).hex())


def uuid() -> Encoder:
    """Return an encoder of UUIDs, and of texts in any notation of a UUID."""
    return _only("a UUID", (uuids.UUID, str), lambda value: str(uuids.UUID(str(value))))


def date() -> Encoder:
    """Return an encoder of dates without a time, as ISO 8601."""

    def encode(value: dt.date) -> str:
        if isinstance(value, dt.datetime):
            raise _wrong(value, "a date without a time")
        return value.isoformat()

    return _only("a date", dt.date, encode)


def time(*, zoned: bool = False) -> Encoder:
    """Return an encoder of times of day, as ISO 8601; `zoned`: all with a time zone, otherwise all without."""

    def encode(value: dt.time) -> str:
        if (value.utcoffset() is None) == zoned:
            raise ValueError(f"{value} has {'no' if zoned else 'a'} time zone; the column's type says the opposite")
        return value.isoformat()

    return _only("a time", dt.time, encode)


def timestamp(name: str, *, zoned: bool = False, step: int = 1) -> Encoder:
    """Return an encoder of datetimes, as ISO 8601, in UTC if `zoned`.

    Args:
        name: the name of the type in messages.
        zoned: whether all values must have a time zone; otherwise none may have one.
        step: the precision of the type, in microseconds.
    """
    _check_whole("step= of timestamp()", step)

    def encode(value: dt.datetime) -> str:
        if (value.utcoffset() is None) == zoned:
            other = "without a time zone" if zoned else "with a time zone"
            raise ValueError(
                f"{value} has {'no' if zoned else 'a'} time zone; give the column a type of timestamps {other}"
            )
        if value.microsecond % step:
            raise ValueError(f"{value} has more digits than {name} keeps")
        return (value.astimezone(dt.UTC) if zoned else value).isoformat()

    return _only("a datetime", dt.datetime, encode)


def interval() -> Encoder:
    """Return an encoder of timedeltas, as days, seconds and microseconds."""
    return _only(
        "a timedelta",
        dt.timedelta,
        lambda value: f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds",
    )


def items(encode: Encoder, size: int | None = None) -> Encoder:
    """Return an encoder of lists, sets and arrays, as lists; `encode` encodes the elements other than None.

    Args:
        encode: the encoder of the elements.
        size: the required number of elements; None for any number.
    """
    if size is not None:
        _check_whole("size= of items()", size, least=0)

    def encode_items(value: Any) -> list[Any]:
        found = value.tolist() if hasattr(value, "tolist") else value
        if not isinstance(found, Sequence | Set) or isinstance(found, str | bytes | bytearray):
            raise _wrong(value, "a list")
        if size is not None and len(found) != size:
            raise ValueError(f"it has {len(found)} elements, but {size} are declared")
        return [None if item is None else encode(item) for item in found]

    return encode_items


def mapping(key: Encoder, value: Encoder) -> Encoder:
    """Return an encoder of mappings, as dicts; `key` encodes the keys, `value` the values other than None."""
    return _only(
        "a mapping",
        Mapping,
        lambda given: {key(name): None if item is None else value(item) for name, item in given.items()},
    )


def fields(encoders: Mapping[str, Encoder]) -> Encoder:
    """Return an encoder of mappings with these keys, or objects with these attributes, as dicts.

    The encoders are given by name. A key that a mapping lacks gets None.
    """

    def encode(value: Any) -> dict[str, Any]:
        given = value if isinstance(value, Mapping) else {name: getattr(value, name) for name in encoders}
        if unknown := given.keys() - encoders.keys():
            raise ValueError(f"the struct has no field {', '.join(map(repr, sorted(unknown)))}")
        found = {name: given.get(name) for name in encoders}
        return {name: None if item is None else encoders[name](item) for name, item in found.items()}

    return encode


def as_json(encode: Encoder) -> Encoder:
    """Return an encoder that converts the lists and dicts which `encode` returns to JSON text."""
    return lambda value: json.dumps(encode(value), ensure_ascii=False)


def _only(what: str, classes: type | tuple[type, ...], encode: Encoder) -> Encoder:
    def check(value: Any) -> Any:
        if isinstance(value, enum.Enum):
            value = value.value
        elif hasattr(value, "dtype") and not getattr(value, "ndim", 1):
            value = value.item()
        if not isinstance(value, classes):
            raise _wrong(value, what)
        return encode(value)

    return check


def _check_whole(what: str, value: object, least: int = 1) -> None:
    if not is_whole(value) or value < least:
        raise ConnectorKitError(f"{what} is a whole number from {least} on, not {shown(value)}")


def _wrong(value: Any, what: str) -> TypeError:
    return TypeError(f"a value of the column is {what}, not {shown(value)}")


STANDARD: Mapping[str, Encoder] = {
    "boolean": boolean(),
    "real": floating(32),
    "double": floating(64),
    "varchar": text(),
    "text": text(),
    "uuid": uuid(),
    "date": date(),
    "time": time(),
    "time with time zone": time(zoned=True),
    "timestamp": timestamp("TIMESTAMP"),
    "timestamp with time zone": timestamp("TIMESTAMP WITH TIME ZONE", zoned=True),
    "interval": interval(),
    **{name: integer(name.upper(), bits, signed=signed) for name, (bits, signed) in INTEGERS.items()},
}
"""The encoders of types that are the same in most databases, by their usual names in lower case."""

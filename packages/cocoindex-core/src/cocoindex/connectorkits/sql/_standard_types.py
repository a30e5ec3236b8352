"""Common SQL types, by the Python classes whose values they store.

Layer: connectorkits. For the `TypeMap` of a connector, which puts its own types before these.
"""

from __future__ import annotations

import datetime
import decimal
import pathlib
import uuid
from collections.abc import Mapping, Sequence

from ..text_values import INTEGERS

__all__ = ["STANDARD_NUMPY", "STANDARD_SCALARS"]

STANDARD_SCALARS: Sequence[tuple[type | tuple[type, ...], str]] = (
    (bool, "BOOLEAN"),
    (int, "BIGINT"),
    (float, "DOUBLE"),
    (decimal.Decimal, "DECIMAL(38, 9)"),
    ((str, pathlib.PurePath), "VARCHAR"),
    ((bytes, bytearray, memoryview), "BLOB"),
    (uuid.UUID, "UUID"),
    (datetime.datetime, "TIMESTAMP WITH TIME ZONE"),
    (datetime.date, "DATE"),
    (datetime.time, "TIME"),
    (datetime.timedelta, "INTERVAL"),
)
"""SQL types of Python classes, for `scalars` of a `TypeMap`."""

STANDARD_NUMPY: Mapping[str, str] = {
    "bool": "BOOLEAN",
    "float16": "REAL",
    "float32": "REAL",
    "float64": "DOUBLE",
    **{f"{'' if signed else 'u'}int{bits}": name.upper() for name, (bits, signed) in INTEGERS.items() if bits <= 64},
}
"""SQL types of numpy element types, for `numpy` of a `TypeMap`."""

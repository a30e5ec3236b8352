"""Types that most databases have under these names, by the Python classes whose values they hold.

Layer: connectorkits. For the `TypeMap` of a connector, which puts its own before them.
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
"""The types of Python classes, as `scalars` of a `TypeMap`."""

STANDARD_NUMPY: Mapping[str, str] = {
    "bool": "BOOLEAN",
    "float16": "REAL",
    "float32": "REAL",
    "float64": "DOUBLE",
    **{f"{'' if signed else 'u'}int{bits}": name.upper() for name, (bits, signed) in INTEGERS.items() if bits <= 64},
}
"""The types of numpy's element types, as `numpy` of a `TypeMap`."""

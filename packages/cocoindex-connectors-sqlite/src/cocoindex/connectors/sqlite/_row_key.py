"""Converts primary key values to target state keys, and back.

SQLite connector, row layer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

import cocoindex as coco
from cocoindex.connectorkits import shown

from ._column import Affinity, affinity_of
from ._key_collation import COLLATIONS, collation_of, without_collation
from ._plain_value import INT_MAX, INT_MIN, StoredValue
from .errors import SqliteSchemaError

__all__ = ["key_part", "values_of"]

KeyValue = Callable[[StoredValue], StoredValue]
KeyPart = Callable[[Any], coco.StableKey]

# Texts that SQLite converts to a number in a column of the affinity NUMERIC.
_NUMBER = re.compile(r"[ \t\n\v\f\r]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[ \t\n\v\f\r]*")
_CLASSES: dict[Affinity, type] = {"INTEGER": int, "REAL": float, "TEXT": str, "BLOB": bytes}


def key_part(where: str, sqlite_type: str) -> KeyPart:
    """Return a function that converts the stored form of a value to a key part.

    Key parts are equal if SQLite treats the values as equal. The function raises ValueError or TypeError for a value
    that the column would convert to another one.

    Args:
        where: the name of the column in messages.
        sqlite_type: the type of the primary key column.

    Raises:
        SqliteSchemaError: it is unknown which values are equal by the collation of the type.
    """
    collation = collation_of(sqlite_type)
    if collation not in COLLATIONS:
        raise SqliteSchemaError(
            f"{where} has the collation {collation}, and it is unknown which texts that considers equal; a key has "
            f"one of {', '.join(COLLATIONS)}"
        )
    affinity = affinity_of(without_collation(sqlite_type))
    of_class = _of_affinity(affinity)
    if collation == "BINARY":
        # Values of these classes are never floats.
        return cast("KeyPart", of_class) if affinity in ("INTEGER", "TEXT") else lambda value: _part(of_class(value))
    fold = COLLATIONS[collation]

    def folded(value: StoredValue) -> coco.StableKey:
        found = of_class(value)
        return fold(found) if isinstance(found, str) else _part(found)

    return folded


def values_of(key: coco.StableKey, columns: int) -> tuple[StoredValue, ...]:
    """Return the primary key values for `key` in a table with this number of primary key columns."""
    parts = (key,) if columns == 1 else cast("tuple[coco.StableKey, ...]", key)
    return tuple(map(_value, parts))


def _of_affinity(affinity: Affinity) -> KeyValue:
    wanted = _CLASSES.get(affinity)
    if wanted is None:
        return _numeric

    def of_class(value: StoredValue) -> StoredValue:
        if value.__class__ is wanted:
            return value
        raise TypeError(f"the value is stored as {type(value).__name__}, where the column takes {affinity}")

    return of_class


def _numeric(value: StoredValue) -> StoredValue:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        raise ValueError(
            f"SQLite converts the text {shown(value)} to a number in a column of this type, and two keys could become "
            "equal; give a number, or declare the column as TEXT"
        )
    if isinstance(value, float) and value.is_integer() and INT_MIN <= value <= INT_MAX:
        return int(value)
    return value


def _part(value: StoredValue) -> coco.StableKey:
    # Keys cannot contain floats; a tuple is different from all other values. Adding 0.0 converts -0.0 to 0.0.
    return (repr(value + 0.0),) if isinstance(value, float) else value


def _value(part: coco.StableKey) -> StoredValue:
    return float(cast("str", part[0])) if isinstance(part, tuple) else cast("StoredValue", part)

"""Primary key values as the key of a target state, and back.

SQLite connector, row layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cocoindex as coco

from ._plain_value import StoredValue

__all__ = ["key_of", "values_of"]


def key_of(values: Sequence[StoredValue]) -> coco.StableKey:
    """The key of a row: the value of its primary key column, or a tuple of the values of several."""
    if len(values) == 1:
        return _part(values[0])
    return tuple(map(_part, values))


def values_of(key: coco.StableKey, columns: int) -> tuple[StoredValue, ...]:
    """The primary key values of the row under `key`, of a table with so many primary key columns."""
    parts = (key,) if columns == 1 else cast("tuple[coco.StableKey, ...]", key)
    return tuple(map(_value, parts))


def _part(value: StoredValue) -> coco.StableKey:
    # Keys know no floats, and a tuple cannot be mistaken for another value. Adding 0.0 makes one of the two zeros.
    return (repr(value + 0.0),) if isinstance(value, float) else value


def _value(part: coco.StableKey) -> StoredValue:
    return float(cast("str", part[0])) if isinstance(part, tuple) else cast("StoredValue", part)

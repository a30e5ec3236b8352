"""Primary key values as the key of a target state, and from there as text by which a row is deleted.

Postgres connector, row layer.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import operator
import pathlib
import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast

import cocoindex as coco

from ._json_text import json_text
from ._sql_text import sql_text
from ._type_name import TypeName

__all__ = ["key_of", "key_part", "key_texts"]


def key_part(column: TypeName) -> Callable[[Any], coco.StableKey]:
    """The function from a value of a primary key column to its part of the key; equal where PostgreSQL says so.

    Only for values that the column can hold.
    """
    if column.base in ("smallint", "integer", "bigint"):
        return _int
    if column.base == "boolean":
        return bool
    if column.base in ("double precision", "real"):
        return lambda value: repr(float(value) + 0.0)  # one zero out of two
    if column.base == "bytea":
        return bytes
    if column.base == "uuid":
        return lambda value: value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    if column.base in ("json", "jsonb"):
        return lambda value: value if isinstance(value, str) else json_text(value)
    return _texts(column)


def _int(value: Any) -> int:
    return value if value.__class__ is int else operator.index(value.value if isinstance(value, enum.Enum) else value)


def _texts(column: TypeName) -> Callable[[Any], str]:
    as_text = sql_text(column)

    def part(value: Any) -> str:
        if isinstance(value, decimal.Decimal) and value.is_finite():
            value = f"{value.normalize() + 0:f}"  # 1.0 is 1.00
        elif isinstance(value, datetime.datetime) and value.tzinfo is not None:
            value = value.astimezone(datetime.UTC)
        elif isinstance(value, pathlib.PurePath):
            value = str(value)
        return as_text(value)

    return part


def key_of(parts: Sequence[coco.StableKey]) -> coco.StableKey:
    """The key of a row: the part of its primary key column, or a tuple of the parts of several."""
    return parts[0] if len(parts) == 1 else tuple(parts)


def key_texts(key: coco.StableKey, columns: int) -> tuple[str, ...]:
    """The texts of the primary key values of the row under `key`, of a table with so many primary key columns."""
    parts = (key,) if columns == 1 else cast("tuple[coco.StableKey, ...]", key)
    return tuple("\\x" + part.hex() if isinstance(part, bytes) else str(part) for part in parts)

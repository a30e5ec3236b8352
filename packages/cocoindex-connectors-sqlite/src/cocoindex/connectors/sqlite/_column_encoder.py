"""Creates one encoder per column, which converts a value to its stored form or raises an error with the reason.

SQLite connector, row layer. These functions run once for each value of each row, so they are short.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import Any

from cocoindex.connectorkits import shown, sql

from ._column import Affinity, ColumnDef, affinity_of, vector_size
from ._key_collation import without_collation
from ._plain_value import INT_MAX, INT_MIN, StoredValue, plain_value
from ._vector_value import vector_encoder

__all__ = ["ColumnEncoder", "column_encoder"]

ColumnEncoder = Callable[[Any], StoredValue]

_EXACT = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
_CLASSES: dict[Affinity, type] = {"INTEGER": int, "REAL": float, "TEXT": str, "BLOB": bytes}


def column_encoder(column: ColumnDef, *, nullable: bool, strict: bool) -> ColumnEncoder:
    """Return the function that encodes values of `column`; it raises ValueError or TypeError.

    Args:
        column: the column.
        nullable: whether None is stored as NULL; otherwise it is refused.
        strict: whether to accept only values of the class that belongs to the column's type. SQLite may convert other
            values, so that two keys could become equal; vec0 tables refuse them.
    """
    encode = _of_values(column)
    if strict and vector_size(column.type) is None:
        affinity = affinity_of(without_collation(column.type))
        encode = _only(affinity, _STRICTLY.get(affinity, encode) if column.encoder is None else encode)

    return sql.with_null(encode, nullable=nullable)


def _of_values(column: ColumnDef) -> ColumnEncoder:
    if column.encoder is not None:
        return _by_user(column.encoder)
    size = vector_size(column.type)
    if size is not None or column.is_vector:
        return vector_encoder(size)
    return _BY_AFFINITY.get(affinity_of(without_collation(column.type)), plain_value)


def _by_user(encoder: Callable[[Any], Any]) -> ColumnEncoder:
    return lambda value: plain_value(encoder(value))


def _text(value: Any) -> StoredValue:
    return value if value.__class__ is str else plain_value(value)


def _integer(value: Any) -> StoredValue:
    return value if value.__class__ is int and INT_MIN <= value <= INT_MAX else plain_value(value)


def _real(value: Any) -> StoredValue:
    if value.__class__ is float and value == value:
        return value
    stored = plain_value(value)
    return float(stored) if stored.__class__ is int else stored


def _exact_real(value: Any) -> StoredValue:
    stored = _real(value)
    if isinstance(stored, float) and isinstance(value, int) and stored != value:
        raise ValueError(f"{value} has more digits than REAL can represent; declare the column as INTEGER or TEXT")
    return stored


def _numeric(value: Any) -> StoredValue:
    """Store a Decimal as a number if that is exact: SQLite would convert its text to a number anyway."""
    if not isinstance(value, decimal.Decimal) or not value.is_finite():
        return plain_value(value)
    if value == value.to_integral_value(context=_EXACT) and INT_MIN <= value <= INT_MAX:
        return int(value)
    if decimal.Decimal(float(value)) == value or repr(float(value)) == str(value.normalize(_EXACT)):
        return float(value)
    raise ValueError(f"{value} has more digits than SQLite stores for a number; declare the column as TEXT")


_BY_AFFINITY: dict[Affinity, ColumnEncoder] = {"TEXT": _text, "INTEGER": _integer, "REAL": _real}
_STRICTLY: dict[Affinity, ColumnEncoder] = {"REAL": _exact_real, "NUMERIC": _numeric}


def _only(affinity: Affinity, encode: ColumnEncoder) -> ColumnEncoder:
    wanted = _CLASSES.get(affinity)
    if wanted is None:
        return encode

    def encode_strictly(value: Any) -> StoredValue:
        stored = encode(value)
        if stored.__class__ is wanted or stored is None:
            return stored
        if wanted is str and stored.__class__ is int:
            return str(stored)
        raise TypeError(
            f"the value {shown(value)} is stored as {type(stored).__name__}, where the column takes {affinity}"
        )

    return encode_strictly

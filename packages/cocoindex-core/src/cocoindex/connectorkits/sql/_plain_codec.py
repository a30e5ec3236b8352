"""Values that go to the driver as they are, and keys of kinds of which only equal values are equal to any database.

Layer: connectorkits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cocoindex._shown import shown

from ._column import ColumnLike
from ._row_encoder import NO_NULL, Codec

__all__ = ["plain_codec", "with_null"]

_KEYS = (int, str, bytes)


def plain_codec(column: ColumnLike, *, nullable: bool, is_key: bool) -> Codec:
    """The codec of a column whose values the driver takes as they are, or as the column's encoder makes them.

    Key values are int, bool, str and bytes. It is for columns in which no two of them are equal to the database.
    """
    encoder = column.encoder
    encode: Callable[[Any], Any] = (lambda value: value) if encoder is None else encoder
    return Codec(with_null(encode, nullable=nullable), _key_part if is_key else None)


def with_null(encode: Callable[[Any], Any], *, nullable: bool) -> Callable[[Any], Any]:
    """`encode` for values that may be None, which is stored as NULL or refused; so is what it makes None of."""

    def encode_or_null(value: Any) -> Any:
        return None if value is None else encode(value)

    def encode_not_null(value: Any) -> Any:
        stored = encode(value) if value is not None else None
        if stored is None:
            raise ValueError(NO_NULL)
        return stored

    return encode_or_null if nullable else encode_not_null


def _key_part(value: Any) -> Any:
    if isinstance(value, _KEYS):
        return value
    raise TypeError(f"a key is an int, a bool, a str or bytes, not {shown(value)}")

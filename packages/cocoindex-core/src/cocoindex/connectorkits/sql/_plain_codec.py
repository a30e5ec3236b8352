"""Codecs that pass values to the driver unchanged, for columns with simple keys.

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
    """Return the codec of a column whose values, or encoded values, are passed to the driver unchanged.

    Keys can be int, bool, str or bytes. Use it for a key column only if the database never considers two different
    values of these types equal.
    """
    encoder = column.encoder
    encode: Callable[[Any], Any] = (lambda value: value) if encoder is None else encoder
    return Codec(with_null(encode, nullable=nullable), _key_part if is_key else None)


def with_null(encode: Callable[[Any], Any], *, nullable: bool) -> Callable[[Any], Any]:
    """Return `encode` extended to None, which is stored as NULL, or refused with a ValueError unless `nullable`.

    A value that `encode` converts to None is treated in the same way.
    """

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

"""Encodes vectors as fields of binary COPY for pgvector: the number of elements, then each element, big-endian.

Postgres connector, row layer.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any

from cocoindex.connectorkits import sql

from ._type_name import TypeName

__all__ = ["vector_field"]

_HEAD = Struct("!ihh").pack


def vector_field(column: TypeName) -> Callable[[Any], bytes]:
    """Return a function that encodes a vector as a field.

    The function takes a one-dimensional numpy array, a list or tuple of numbers, a text like `[1,2.5]`, or a value of
    pgvector's Python package. It raises ValueError or TypeError for a vector of another size, with NaN or infinity, and
    for other values.
    """
    import numpy as np

    native = np.dtype(np.float16 if column.base == "halfvec" else np.float32)
    big_endian = native.newbyteorder(">")
    size, width, element = column.vector_size, native.itemsize, column.base

    def field(value: Any) -> bytes:
        array = sql.float_array(_numbers(value), native, size, element=element)
        data: bytes = _HEAD(4 + array.size * width, array.size, 0) + array.astype(big_endian).tobytes()
        return data

    return field


def _numbers(value: Any) -> Any:
    if hasattr(value, "dtype") or isinstance(value, list | tuple):
        return value
    if hasattr(value, "to_list"):  # of pgvector's Python package
        return value.to_list()
    if isinstance(value, str):
        return [float(part) for part in value.strip().removeprefix("[").removesuffix("]").split(",")]
    raise TypeError(f"a vector is a numpy array or a list of numbers, not a {type(value).__qualname__}")

"""Vectors as the BLOBs that sqlite-vec reads: float32, little-endian, one after another.

SQLite connector, row layer: works on numpy arrays without importing numpy before one is met.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

from cocoindex.connectorkits import sql

__all__ = ["vector_encoder"]


def vector_encoder(size: int | None) -> Callable[[Any], bytes]:
    """A function from a vector of `size` elements (of any number where None) to its BLOB.

    It takes a one-dimensional numpy array, a sequence of numbers, or the BLOB itself, and raises ValueError or
    TypeError for another size, a NaN or an infinity, or something that is not a vector.
    """

    def encode(value: Any) -> bytes:
        blob = _blob(value)
        if size is not None and len(blob) != 4 * size:
            raise ValueError(f"the vector has {len(blob) / 4:g} elements, but {size} are declared")
        return blob

    return encode


def _blob(value: Any) -> bytes:
    if hasattr(value, "dtype"):
        return sql.float_array(value, "<f4").tobytes()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (list, tuple)):
        return _blob_of_numbers(value)
    raise TypeError(f"a vector is a numpy array, a list of numbers or a float32 BLOB, not a {type(value).__qualname__}")


def _blob_of_numbers(numbers: Sequence[Any]) -> bytes:
    try:
        blob = struct.pack(f"<{len(numbers)}f", *numbers)
    except (struct.error, OverflowError) as error:
        raise ValueError(f"the vector has an element that is not a float32: {error}") from error
    if not all(map(math.isfinite, numbers)):
        raise ValueError("the vector contains NaN or infinity, so distances cannot be computed")
    return blob

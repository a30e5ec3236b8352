"""Encodes vectors as BLOBs for sqlite-vec: the elements one after another, as float32, little-endian.

SQLite connector, row layer: accepts numpy arrays without importing numpy.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

from cocoindex.connectorkits import sql

__all__ = ["vector_encoder"]


def vector_encoder(size: int | None) -> Callable[[Any], bytes]:
    """Return a function that encodes a vector of `size` elements (None: of any number) as a BLOB.

    The function takes a one-dimensional numpy array, a list or tuple of numbers, or the BLOB itself. It raises
    ValueError or TypeError for a vector of another size, with NaN or infinity, and for other values.
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

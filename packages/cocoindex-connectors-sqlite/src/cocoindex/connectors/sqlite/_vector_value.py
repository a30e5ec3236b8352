"""Vectors as the BLOBs that sqlite-vec reads: float32, little-endian, one after another.

SQLite connector, row layer: works on numpy arrays without importing numpy before one is met.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["vector_encoder"]


def vector_encoder(size: int | None) -> Callable[[Any], bytes]:
    """A function from a vector of `size` elements (of any number where None) to its BLOB.

    It takes a one-dimensional numpy array, a sequence of numbers, or the BLOB itself, and raises ValueError or
    TypeError for another size, a NaN or an infinity, or something that is not a vector.
    """

    def encode(value: Any) -> bytes:
        blob = _blob(value)
        if size is not None and len(blob) != 4 * size:
            raise ValueError(f"the vector has {len(blob) / 4:g} elements where {size} are declared")
        return blob

    return encode


def _blob(value: Any) -> bytes:
    if hasattr(value, "dtype"):
        return _blob_of_array(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (list, tuple)):
        return _blob_of_numbers(value)
    raise TypeError(f"a vector is a numpy array, a list of numbers or a float32 BLOB, not a {type(value).__qualname__}")


def _blob_of_array(array: NDArray[Any]) -> bytes:
    import numpy as np

    if array.ndim != 1:
        raise ValueError(f"a vector has one dimension, and the array has the shape {array.shape}")
    if array.dtype != "<f4":
        if array.dtype.kind not in "fiub":
            raise TypeError(f"a vector holds numbers, and the array's elements are {array.dtype}")
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
            array = array.astype("<f4")
    if b"\0" in np.isfinite(array).tobytes():  # four times as fast as .all() on vectors of usual sizes
        raise ValueError("the vector holds a NaN or an infinity as float32, with which no distance can be computed")
    return array.tobytes()


def _blob_of_numbers(numbers: Sequence[Any]) -> bytes:
    try:
        blob = struct.pack(f"<{len(numbers)}f", *numbers)
    except (struct.error, OverflowError) as error:
        raise ValueError(f"the vector has an element that is no float32: {error}") from error
    if not all(map(math.isfinite, numbers)):
        raise ValueError("the vector holds a NaN or an infinity, with which no distance can be computed")
    return blob

"""Converts a vector given by a program to an array of floats for a vector column.

Layer: connectorkits. numpy is imported on the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cocoindex._numbers import is_whole
from cocoindex._shown import shown

from ...errors import ConnectorKitError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["float_array"]


def float_array(value: Any, dtype: Any, size: int | None = None, *, element: str = "float32") -> NDArray[Any]:
    """Return a vector as a one-dimensional array of finite numbers.

    Args:
        value: an array, or a list of numbers.
        dtype: the dtype of the result.
        size: the required number of elements; None for any number.
        element: the name of the column's element type in messages.

    Raises:
        ValueError: the number of dimensions or elements is wrong, or an element is too large, infinite or NaN.
        TypeError: the elements are not numbers.
        ConnectorKitError: (a TypeError) `size` is neither None nor a whole number of at least 0.
    """
    if size is not None and not (is_whole(size) and size >= 0):
        raise ConnectorKitError(f"size= of float_array() is a whole number from 0 on, or None, not {shown(size)}")
    import numpy as np

    array = np.asarray(value)
    if array.ndim != 1:
        raise ValueError(f"a vector has one dimension, but the array has the shape {array.shape}")
    if size is not None and array.size != size:
        raise ValueError(f"the vector has {array.size} elements, but {size} are declared")
    if array.dtype != dtype:
        if array.dtype.kind not in "fiub":
            raise TypeError(f"a vector contains numbers, but its elements are {array.dtype}")
        with np.errstate(over="ignore"):  # values that are too large become infinite, and are refused below
            array = array.astype(dtype)
    if b"\0" in np.isfinite(array).tobytes():  # four times as fast as .all() for vectors of common sizes
        raise ValueError(f"the vector contains NaN or infinity as {element}, so distances cannot be computed")
    return array

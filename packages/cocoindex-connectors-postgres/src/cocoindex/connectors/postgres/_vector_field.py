"""From a vector to a field of binary COPY, as pgvector reads it: its number of elements, then each, big-endian.

Postgres connector, row layer.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Any

from ._type_name import TypeName

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["vector_field"]

_HEAD = Struct("!ihh").pack


def vector_field(column: TypeName) -> Callable[[Any], bytes]:
    """The function from a vector to its field.

    It takes a one-dimensional numpy array, a list or tuple of numbers, a text like `[1,2.5]` or a value of pgvector's
    Python package, and raises ValueError or TypeError for another size, a NaN or an infinity, or what is not a vector.
    """
    import numpy as np

    native = np.dtype(np.float16 if column.base == "halfvec" else np.float32)
    big_endian = native.newbyteorder(">")
    isfinite, ndarray, size, width = np.isfinite, np.ndarray, column.vector_size, native.itemsize

    def field(value: Any) -> bytes:
        array = value if value.__class__ is ndarray and value.dtype is native else _as_array(value, native)
        count = array.size
        if array.ndim != 1 or (size is not None and count != size):
            raise ValueError(_other_size(array, size))
        if b"\0" in isfinite(array).tobytes():  # four times as fast as .all() on vectors of usual sizes
            raise ValueError(f"the vector holds a NaN or an infinity as {column.base}, with which nothing is compared")
        data: bytes = _HEAD(4 + count * width, count, 0) + array.astype(big_endian).tobytes()
        return data

    return field


def _other_size(array: NDArray[Any], size: int | None) -> str:
    if array.ndim != 1:
        return f"a vector has one dimension, and the array has the shape {array.shape}"
    return f"the vector has {array.size} elements where {size} are declared"


def _as_array(value: Any, dtype: Any) -> NDArray[Any]:
    import numpy as np

    if hasattr(value, "to_list"):  # of pgvector's Python package
        value = value.to_list()
    elif isinstance(value, str):
        value = [float(part) for part in value.strip().removeprefix("[").removesuffix("]").split(",")]
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise TypeError(f"a vector is a numpy array or a list of numbers, not a {type(value).__qualname__}")
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"a vector holds numbers, and its elements are {array.dtype}")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, which is refused
        return array.astype(dtype)

"""Canonical encodings of numpy's arrays, scalars and types; numpy is not imported here.

Layer `_values`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._canonical import pack

if TYPE_CHECKING:
    from ._canonical import Walk


def encode_array(obj: Any, walk: Walk) -> bytes:
    """Encode type, shape and content; the memory layout does not count."""
    head = b"\xc1a" + _dtype_bytes(obj.dtype) + pack(obj.shape)
    if obj.dtype.hasobject:
        return head + walk.encode(obj.reshape(-1).tolist())
    return head + pack(obj.tobytes())


def encode_numpy_scalar(obj: Any, walk: Walk) -> bytes:
    return b"\xc1g" + _dtype_bytes(obj.dtype) + pack(obj.tobytes())


def encode_dtype(obj: Any, walk: Walk) -> bytes:
    return b"\xc1z" + _dtype_bytes(obj)


def _dtype_bytes(dtype: Any) -> bytes:
    """Return plain types by their code, and types with fields or of other libraries by their text, which says more."""
    plain = dtype.isbuiltin == 1 and dtype.names is None
    return pack((dtype.str, None if plain else repr(dtype)))

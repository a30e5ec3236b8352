"""Canonical encodings of the standard library's value types.

Layer `_values`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ._added_state import added_state
from ._canonical import Encoder, encode_scalar, encode_state, pack
from ._type_identity import type_identity

if TYPE_CHECKING:
    from types import MappingProxyType

    from ._canonical import Walk


def encode_bytearray(obj: bytearray, walk: Walk) -> bytes:
    return b"\xc1b" + pack(obj)


def encode_memoryview(obj: memoryview, walk: Walk) -> bytes:
    return b"\xc1v" + pack((obj.format, obj.shape, obj.tobytes()))


def encode_complex(obj: complex, walk: Walk) -> bytes:
    return b"\xc1j" + pack((obj.real, obj.imag))


def encode_uuid(obj: Any, walk: Walk) -> bytes:
    return b"\xc1U" + pack(obj.bytes)


def encode_date(obj: Any, walk: Walk) -> bytes:
    return b"\xc1D" + pack(obj.isoformat())


def encode_datetime(obj: Any, walk: Walk) -> bytes:
    return b"\xc1T" + pack((obj.isoformat(), obj.fold)) + walk.encode_at(".tzinfo", obj.tzinfo)


def encode_time(obj: Any, walk: Walk) -> bytes:
    return b"\xc1h" + pack((obj.isoformat(), obj.fold)) + walk.encode_at(".tzinfo", obj.tzinfo)


def encode_timedelta(obj: Any, walk: Walk) -> bytes:
    return b"\xc1w" + pack((obj.days, obj.seconds, obj.microseconds))


def encode_decimal(obj: Any, walk: Walk) -> bytes:
    return b"\xc1e" + pack(str(obj))


def encode_proxy(obj: MappingProxyType[Any, Any], walk: Walk) -> bytes:
    return b"\xc1Y" + walk.encode_at("", dict(obj))


def encode_symbol(obj: Any, walk: Walk) -> bytes:
    return b"\xc1y" + encode_scalar(obj.name, walk)


def _slots_of(base: type) -> Iterable[str]:
    slots: Iterable[str] = vars(base).get("__slots__", ())
    return slots


def path_encoder(kind: type) -> Encoder:
    """For a class of pathlib or derived from one; the module is left out, since it differs between Python versions."""
    ours = not kind.__module__.startswith("pathlib")
    prefix = b"\xc1p" + (type_identity(kind) if ours else pack(kind.__name__))

    theirs = (name for base in kind.__mro__ if base.__module__.startswith("pathlib") for name in _slots_of(base))
    added = added_state(kind, theirs) if ours else None

    def encode(obj: Any, walk: Walk) -> bytes:
        data = prefix + encode_scalar(str(obj), walk)
        return data if added is None else data + encode_state(added(obj), walk)

    return encode

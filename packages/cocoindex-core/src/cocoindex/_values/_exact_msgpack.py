"""Msgpack for values that the fast encoder refuses or changes: ints past 64 bits, lone surrogates, time zones.

Layer `_values`. msgspec reduces the value to plain types; this writes them, and exceptional ones as pickles.
"""

from __future__ import annotations

import datetime
from typing import Any, Final

import msgspec

from ._extensions import PICKLE, pack, to_extension
from ._restricted_pickle import dump_pickle

_KEPT: Final = (bytes, bytearray, datetime.datetime, memoryview)
_FLAT: Final = frozenset({type(None), bool, float, bytes, bytearray})


def pack_exact(value: object) -> bytes:
    """Encode all values that the fast encoder accepts, and the exceptional ones."""
    extensions: dict[int, tuple[memoryview, Any]] = {}

    def keep_extension(obj: Any) -> Any:
        replacement = to_extension(obj)
        if not isinstance(replacement, msgspec.msgpack.Ext):
            return replacement
        box = memoryview(b"")
        extensions[id(box)] = (box, replacement)
        return box

    plain = msgspec.to_builtins(value, builtin_types=_KEPT, enc_hook=keep_extension)
    return _write(plain, extensions)


def _write(obj: Any, extensions: dict[int, tuple[memoryview, Any]]) -> bytes:
    kind = type(obj)
    if kind is dict:
        parts = [_write(part, extensions) for item in obj.items() for part in item]
        return _header(0x80, b"\xde", b"\xdf", len(obj)) + b"".join(parts)
    if kind is list or kind is tuple:
        if _FLAT.issuperset(map(type, obj)):
            return pack(obj)
        return _header(0x90, b"\xdc", b"\xdd", len(obj)) + b"".join([_write(item, extensions) for item in obj])
    if kind is memoryview and id(obj) in extensions:
        return pack(extensions[id(obj)][1])
    return _write_scalar(obj)


def _write_scalar(obj: Any) -> bytes:
    by_pickle = isinstance(obj, datetime.datetime) and obj.tzinfo not in (None, datetime.UTC)
    if not by_pickle:
        try:
            return pack(obj)
        except (OverflowError, UnicodeEncodeError):
            pass
    return pack(msgspec.msgpack.Ext(PICKLE, dump_pickle(obj)))


def _header(small: int, medium: bytes, large: bytes, size: int) -> bytes:
    if size < 16:
        return bytes((small | size,))
    return medium + size.to_bytes(2, "big") if size < 1 << 16 else large + size.to_bytes(4, "big")

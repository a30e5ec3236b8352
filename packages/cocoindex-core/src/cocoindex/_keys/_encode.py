"""Encodes keys as bytes: without collisions, prefix-free, and in the order of the keys of one type.

Layer `_keys`; `encode_key` is on the engine's hottest path.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Final

from cocoindex._shown import shown
from cocoindex.errors import InvalidStableKeyError

from . import _tags as tags
from ._stable_key import StableKey
from ._symbol import Symbol

_STR: Final = bytes([tags.STR])
_PLAIN_STR: Final = _STR.decode()
_SYMBOL: Final = bytes([tags.SYMBOL])
_BYTES: Final = bytes([tags.BYTES])
_UUID: Final = bytes([tags.UUID])
_TUPLE: Final = bytes([tags.TUPLE])
_END: Final = bytes([tags.END])
_INTS: Final = [bytes([tags.ZERO + size]) for size in range(tags.INLINE_INT_BYTES + 1)]
_LARGEST_INLINE: Final = 256**tags.INLINE_INT_BYTES - 1
_NEGATIVE_INTS: Final = [bytes([tags.ZERO - size]) for size in range(tags.INLINE_INT_BYTES + 1)]
_BIG: Final = bytes([tags.BIG_POSITIVE])
_NEGATIVE_BIG: Final = bytes([tags.BIG_NEGATIVE])


def encode_key(key: StableKey) -> bytes:
    """Encode one key.

    Subclasses of str, int, bytes, tuple and UUID (StrEnum, IntEnum, NamedTuple …) are encoded as their base type.

    Raises:
        InvalidStableKeyError: the key, or something in it, has a type that no key may have.
    """
    if type(key) is str and "\0" not in key and "\1" not in key:
        try:
            return f"{_PLAIN_STR}{key}\0".encode()
        except UnicodeEncodeError:
            pass  # a lone surrogate; the general way writes it
    try:
        return _encode_tuple(key, 0) if type(key) is tuple else _encode(key, 0)
    except InvalidStableKeyError as error:
        if isinstance(key, tuple):
            raise InvalidStableKeyError(f"in the key {shown(key, 80)}: {error}") from None
        raise


def encode_parts(parts: Iterable[StableKey]) -> bytes:
    """Encode keys one after the other; `decode_parts` finds the borders again.

    Raises:
        InvalidStableKeyError: as `encode_key`.
    """
    return b"".join(map(encode_key, parts))


def _encode(key: StableKey, depth: int) -> bytes:
    encoder = _ENCODERS.get(type(key))
    if encoder is None:
        encoder = next((encode for base, encode in _ENCODERS.items() if isinstance(key, base)), None)
        if encoder is None:
            from ._refuse_key import refuse_key

            raise refuse_key(key)
    return encoder(key, depth)


def _encode_str(key: str, _depth: int) -> bytes:
    return _STR + _terminated(_utf8(key))


def _encode_symbol(key: Symbol, _depth: int) -> bytes:
    return _SYMBOL + _terminated(_utf8(key.name))


def _encode_bytes(key: bytes, _depth: int) -> bytes:
    return _BYTES + _terminated(bytes(memoryview(key)))


def _encode_uuid(key: uuid.UUID, _depth: int) -> bytes:
    return _UUID + key.int.to_bytes(16, "big")


def _encode_int(key: int, _depth: int) -> bytes:
    if type(key) is int and key >= 0:
        size = (key.bit_length() + 7) >> 3
        if size <= tags.INLINE_INT_BYTES:
            return _INTS[size] + key.to_bytes(size, "big")
    # The int's own methods: a subclass may have changed its operators.
    size = (int.bit_length(key) + 7) >> 3
    magnitude = int.to_bytes(int.__abs__(key), size, "big")
    if int.__ge__(key, 0):
        return (_INTS[size] if size <= tags.INLINE_INT_BYTES else _BIG + _big_length(size)) + magnitude
    if size <= tags.INLINE_INT_BYTES:
        return _NEGATIVE_INTS[size] + _complement(magnitude)
    return _NEGATIVE_BIG + _complement(_big_length(size) + magnitude)


def _encode_tuple(key: tuple[StableKey, ...], depth: int) -> bytes:
    if depth >= tags.MAX_DEPTH:
        from ._refuse_key import refuse_depth

        raise refuse_depth(tags.MAX_DEPTH)
    parts = [_TUPLE]
    for part in key if type(key) is tuple else tuple.__iter__(key):
        if type(part) is str and part.isascii() and part.isprintable():  # then there is nothing to be escaped
            parts.append(f"{_PLAIN_STR}{part}\0".encode())
        elif type(part) is int and 0 <= part <= _LARGEST_INLINE:
            size = (part.bit_length() + 7) >> 3
            parts.append(_INTS[size] + part.to_bytes(size, "big"))
        else:
            parts.append(_encode(part, depth + 1))
    parts.append(_END)
    return b"".join(parts)


def _utf8(text: str) -> bytes:
    return str.encode(text, "utf-8", "surrogatepass")


def _terminated(data: bytes) -> bytes:
    if tags.ESCAPE in data or _END in data:
        data = data.replace(tags.ESCAPE, tags.ESCAPED_ESCAPE).replace(_END, tags.ESCAPED_NUL)
    return data + _END


def _complement(data: bytes) -> bytes:
    return data.translate(_COMPLEMENTS)


def _big_length(size: int) -> bytes:
    return size.to_bytes(tags.BIG_LENGTH_BYTES, "big")


_COMPLEMENTS: Final = bytes(range(255, -1, -1))
# bool stands before int, which it derives from.
_ENCODERS: Final[dict[type, Callable[..., bytes]]] = {
    str: _encode_str,
    bool: lambda key, _depth: bytes([tags.TRUE if key else tags.FALSE]),
    int: _encode_int,
    tuple: _encode_tuple,
    bytes: _encode_bytes,
    uuid.UUID: _encode_uuid,
    Symbol: _encode_symbol,
    type(None): lambda _key, _depth: bytes([tags.NONE]),
}

"""Decodes keys from bytes: the inverse of `_encode`.

Layer `_keys`.
"""

from __future__ import annotations

import uuid
from typing import Final

from cocoindex.errors import MalformedKeyError

from . import _tags as tags
from ._stable_key import StableKey
from ._symbol import Symbol

_END: Final = bytes([tags.END])
# The most frequent tags, as module globals: these are faster to read than attributes.
_STR: Final = tags.STR
_TUPLE: Final = tags.TUPLE
_ZERO: Final = tags.ZERO
_LARGEST_INLINE: Final = tags.ZERO + tags.INLINE_INT_BYTES
_CONSTANTS: Final[dict[int, StableKey]] = {tags.NONE: None, tags.FALSE: False, tags.TRUE: True}


def decode_key(data: bytes) -> StableKey:
    """Decode what `encode_key` returned.

    Raises:
        MalformedKeyError: the bytes are not exactly one encoded key.
    """
    try:
        if data[0] == _STR and data.find(_END) == len(data) - 1 and tags.ESCAPE not in data:  # most keys
            return data[1:-1].decode("utf-8", "surrogatepass")
        key, end = _decode(data, 0, 0)
    except (ValueError, IndexError) as error:
        raise _malformed(data, 0, error) from error
    if end != len(data):
        raise MalformedKeyError(f"expected one encoded key, found more in {data[:64]!r}; the store is damaged")
    return key


def decode_parts(data: bytes) -> list[StableKey]:
    """Decode keys that were encoded one after the other.

    Raises:
        MalformedKeyError: the bytes are not a sequence of encoded keys.
    """
    parts: list[StableKey] = []
    at = 0
    try:
        while at < len(data):
            part, at = _decode(data, at, 0)
            parts.append(part)
    except (ValueError, IndexError) as error:
        raise _malformed(data, at, error) from error
    return parts


def _malformed(data: bytes, at: int, error: Exception) -> MalformedKeyError:
    return MalformedKeyError(f"cannot decode the key {data[:64]!r} at byte {at}: {error}; the store is damaged")


def _decode(data: bytes, at: int, depth: int) -> tuple[StableKey, int]:
    tag = data[at]
    at += 1
    if tag == _STR:
        content, at = _terminated(data, at)
        return content.decode("utf-8", "surrogatepass"), at
    if _ZERO <= tag <= _LARGEST_INLINE:
        end = at + tag - _ZERO
        return int.from_bytes(data[at:end] if end <= len(data) else _exactly(data, at, tag - _ZERO), "big"), end
    if tag == _TUPLE:
        return _decode_tuple(data, at, depth)
    if tag in _CONSTANTS:
        return _CONSTANTS[tag], at
    if tag == tags.SYMBOL:
        content, at = _terminated(data, at)
        return Symbol(content.decode("utf-8", "surrogatepass")), at
    if tag == tags.BYTES:
        return _terminated(data, at)
    if tag == tags.UUID:
        return uuid.UUID(bytes=_exactly(data, at, 16)), at + 16
    return _decode_int(tag, data, at)


def _decode_tuple(data: bytes, at: int, depth: int) -> tuple[tuple[StableKey, ...], int]:
    if depth >= tags.MAX_DEPTH:
        raise ValueError(f"it nests more than {tags.MAX_DEPTH} tuples")
    parts: list[StableKey] = []
    while data[at]:  # until the END, which is zero
        part, at = _decode(data, at, depth + 1)
        parts.append(part)
    return tuple(parts), at + 1


def _decode_int(tag: int, data: bytes, at: int) -> tuple[int, int]:
    if not tags.BIG_NEGATIVE <= tag <= tags.BIG_POSITIVE:
        raise ValueError(f"no type has the tag {tag}")
    size = abs(tag - tags.ZERO)
    flip = 0xFF if tag < tags.ZERO else 0
    if size > tags.INLINE_INT_BYTES:
        size = _unsigned(data, at, tags.BIG_LENGTH_BYTES, flip)
        at += tags.BIG_LENGTH_BYTES
    magnitude = _unsigned(data, at, size, flip)
    return (-magnitude if flip else magnitude), at + size


def _unsigned(data: bytes, at: int, size: int, flip: int) -> int:
    value = int.from_bytes(_exactly(data, at, size), "big")
    return (1 << 8 * size) - 1 - value if flip else value


def _exactly(data: bytes, at: int, size: int) -> bytes:
    content = data[at : at + size]
    if len(content) != size:
        raise ValueError(f"it ends {size - len(content)} bytes too early")
    return content


def _terminated(data: bytes, at: int) -> tuple[bytes, int]:
    end = data.index(_END, at)
    content = data[at:end]
    if tags.ESCAPE in content:
        content = content.replace(tags.ESCAPED_NUL, _END).replace(tags.ESCAPED_ESCAPE, tags.ESCAPE)
    return content, end + 1

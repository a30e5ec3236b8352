"""The stored record of a component: a fixed header, compared as bytes for a memo hit, then the rest. Layer: _engine."""

from __future__ import annotations

import struct
from typing import Any

import msgspec

from ..errors import RecordError

FORMAT = 1

MEMO = 1
"""The header's fingerprints are those of a complete run: the component may be skipped."""
CHILDREN = 2
"""The component may have children."""
STATES_APART = 4
"""The target states lie in rows of their own."""
CALLS = 8
"""The component has memoized calls."""
MAY_BE_MISSING = 16
"""Each of the target states may be missing, whatever is written of it: actions on all of them were under way."""
LIVE = 32
"""The component, or one below it, has a live range: a live update does not skip it, unless that range is alive."""

HEADER = struct.Struct(">BB8s16s8sI")
HEADER_BYTES = HEADER.size
NO_HASH = bytes(16)
NO_DEPS = bytes(8)


class Entry(msgspec.Struct, array_like=True):
    """The stored entry of one target state.

    Args:
        provider: the id of its provider.
        key: its encoded key.
        records: the possible tracking records; the target holds what one of them describes.
        missing: whether the target state may be missing in the target.
        generation: the provider's generation when it was applied.
        container: whether target states were declared below it.
    """

    provider: int
    key: bytes
    records: list[bytes]
    missing: bool = False
    generation: int = 0
    container: bool = False

    @property
    def certain(self) -> bool:
        """Return whether the content of the target is known."""
        return len(self.records) == 1 and not self.missing


Stored = tuple[Any, ...]
"""An `Entry` to be written: its fields, of which the last three may be left out where they have their usual values."""


class Head(msgspec.Struct, array_like=True, omit_defaults=True):
    """The part after the header that a memo hit needs.

    Args:
        name: the id of the function's name.
        states: memo states of the arguments, serialized.
        result: the serialized return value of a memoized component.
        path: the encoded path below the parent, if the store's key does not contain all of it.
    """

    name: int
    states: list[bytes] | None = None
    result: bytes | None = None
    path: bytes | None = None


class Header(msgspec.Struct):
    """The fixed part: see `HEADER`."""

    format: int
    flags: int
    id: bytes
    arg_key: bytes
    deps: bytes
    head_size: int


_encode = msgspec.msgpack.Encoder().encode
_decode_head = msgspec.msgpack.Decoder(Head).decode
_decode_entries = msgspec.msgpack.Decoder(list[Entry]).decode
encode_entry = _encode
encode_head = _encode
decode_entry = msgspec.msgpack.Decoder(Entry).decode


# How MessagePack encodes lists of more than 15 items, and numbers above 127.
_LIST_HEADS = {0xDC: 3, 0xDD: 5}
_NUMBERS = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}

_plain_heads: dict[int, bytes] = {}


def plain_head(name: int) -> bytes:
    """Return the encoded head that contains only the function's name."""
    head = _plain_heads.get(name)
    if head is None:
        head = _plain_heads[name] = _encode(Head(name))
    return head


def encode(flags: int, ident: bytes, arg_key: bytes, deps: bytes, head: Head | bytes, entries: bytes = b"") -> bytes:
    """Return a record: the header, the head (encoded or not), then the encoded target states."""
    head_data = head if isinstance(head, bytes) else _encode(head)
    return HEADER.pack(FORMAT, flags, ident, arg_key, deps, len(head_data)) + head_data + entries


def encode_entries(entries: list[Stored]) -> bytes:
    """Return target states as they are encoded at the end of a record."""
    return _encode(entries) if entries else b""


def as_stored(entry: Entry) -> Stored:
    """Return an entry as it is written: without trailing fields that have their default values."""
    if entry.missing or entry.generation or entry.container:
        return (entry.provider, entry.key, entry.records, entry.missing, entry.generation, entry.container)
    return (entry.provider, entry.key, entry.records)


def maybe_missing(entry: Stored) -> Stored:
    """Return the same entry, marked as possibly missing."""
    return (*entry[:3], True, *(entry[4:] or (0, False)))


def with_flags(data: bytes, flags: int) -> bytes:
    """Return the record with other flags."""
    return data[:1] + bytes((flags,)) + data[2:]


def with_states(data: bytes, states: list[bytes], where: Any) -> bytes:
    """Return the record with other memo states; raises `RecordError` like `header_of`."""
    old = head_of(data, where)
    head = _encode(Head(old.name, states, old.result, old.path))
    return data[: HEADER_BYTES - 4] + len(head).to_bytes(4, "big") + head + data[_end_of_head(data) :]


def is_readable(data: bytes) -> bool:
    """Return whether a record has a known format."""
    return len(data) >= HEADER_BYTES and data[0] == FORMAT


def deps_of(data: bytes) -> bytes:
    """Return the hash of the dependencies in a record's header."""
    return data[26:34]


def header_of(data: bytes, where: Any) -> Header:
    """Return the header of a record.

    Args:
        where: the path of the component, for the error.

    Raises:
        RecordError: the data is not a record, or has another format.
    """
    _check(data, where)
    return Header(*HEADER.unpack_from(data))


def head_of(data: bytes, where: Any) -> Head:
    """Return the head of a record; raises `RecordError` like `header_of`."""
    _check(data, where)
    try:
        return _decode_head(data[HEADER_BYTES : _end_of_head(data)])
    except (msgspec.MsgspecError, ValueError) as exc:
        raise _unreadable(where, exc) from None


def name_of(data: bytes) -> int:
    """Return the id of the function's name in a readable record."""
    return _number_at(data, HEADER_BYTES + 1)  # behind the head of the list


def entries_of(data: bytes, where: Any) -> list[Entry]:
    """Return the target states in a record; raises `RecordError` like `header_of`."""
    _check(data, where)
    rest = data[_end_of_head(data) :]
    try:
        return _decode_entries(rest) if rest else []
    except (msgspec.MsgspecError, ValueError) as exc:
        raise _unreadable(where, exc) from None


def first_provider_of(data: bytes) -> int | None:
    """Return the provider's id of the first target state in a readable record; None if there is none."""
    at = _end_of_head(data)
    if at >= len(data):
        return None
    return _number_at(data, at + _LIST_HEADS.get(data[at], 1) + 1)  # behind the head of the list, and of the entry


def encoded_entries_of(data: bytes) -> bytes:
    """Return the target states in a record, encoded."""
    return data[_end_of_head(data) :]


def _number_at(data: bytes, at: int) -> int:
    kind = data[at] if at < len(data) else 0
    size = _NUMBERS.get(kind)
    return kind if size is None else int.from_bytes(data[at + 1 : at + 1 + size], "big")


def _end_of_head(data: bytes) -> int:
    return HEADER_BYTES + int.from_bytes(data[HEADER_BYTES - 4 : HEADER_BYTES], "big")


def _check(data: bytes, where: Any) -> None:
    if len(data) < HEADER_BYTES:
        raise _unreadable(where, ValueError(f"it is {len(data)} bytes long, but a header has {HEADER_BYTES}"))
    if data[0] != FORMAT:
        raise _unreadable(where, ValueError(f"its format is {data[0]}, but this version reads format {FORMAT}"))


def _unreadable(where: Any, exc: Exception) -> RecordError:
    return RecordError(
        f"the stored record of component {where} cannot be read ({exc}); the other components are not affected. "
        "Drop the app and update it again, or restore the store from a copy"
    )

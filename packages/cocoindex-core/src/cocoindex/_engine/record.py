"""The stored record of a component: a fixed header that a memo hit compares as bytes, then the rest. Layer: _engine."""

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
NO_HASH = bytes(16)
NO_DEPS = bytes(8)


class Entry(msgspec.Struct, array_like=True):
    """What is remembered of one target state.

    Args:
        provider: id of its provider.
        key: its encoded key.
        records: the tracking records of which one may be what the target holds.
        missing: whether the target may hold nothing.
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
        """Whether it is known what the target holds."""
        return len(self.records) == 1 and not self.missing


Stored = tuple[Any, ...]
"""An `Entry` to be written: its fields, of which the last three may be left out where they have their usual values."""


class Head(msgspec.Struct, array_like=True, omit_defaults=True):
    """What follows the header and is wanted on a memo hit.

    Args:
        name: id of the function's name.
        states: memo states of the arguments, serialized.
        result: the serialized return value of a memoized component.
        path: the encoded path below the parent, where the store's key does not hold it whole.
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


# How MessagePack writes lists of more than 15, and numbers above 127.
_LIST_HEADS = {0xDC: 3, 0xDD: 5}
_NUMBERS = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}

_plain_heads: dict[int, bytes] = {}


def plain_head(name: int) -> bytes:
    """The encoded head of a record that has nothing but the name of its function there."""
    head = _plain_heads.get(name)
    if head is None:
        head = _plain_heads[name] = _encode(Head(name))
    return head


def encode(flags: int, ident: bytes, arg_key: bytes, deps: bytes, head: Head | bytes, entries: bytes = b"") -> bytes:
    """A record: the header, the head (encoded or not), then the encoded target states."""
    head_data = head if isinstance(head, bytes) else _encode(head)
    return HEADER.pack(FORMAT, flags, ident, arg_key, deps, len(head_data)) + head_data + entries


def encode_entries(entries: list[Stored]) -> bytes:
    """Target states as a record has them at its end."""
    return _encode(entries) if entries else b""


def as_stored(entry: Entry) -> Stored:
    """An entry as it is written: without the last fields where they have their usual values."""
    if entry.missing or entry.generation or entry.container:
        return (entry.provider, entry.key, entry.records, entry.missing, entry.generation, entry.container)
    return (entry.provider, entry.key, entry.records)


def maybe_missing(entry: Stored) -> Stored:
    """The same, but that the target state may be missing."""
    return (*entry[:3], True, *(entry[4:] or (0, False)))


def with_flags(data: bytes, flags: int) -> bytes:
    """The same record with other flags."""
    return data[:1] + bytes((flags,)) + data[2:]


def with_states(data: bytes, states: list[bytes], where: Any) -> bytes:
    """The same record with other memo states; `RecordError` as for `header_of`."""
    old = head_of(data, where)
    head = _encode(Head(old.name, states, old.result, old.path))
    return data[: HEADER.size - 4] + len(head).to_bytes(4, "big") + head + data[_end_of_head(data) :]


def is_readable(data: bytes) -> bool:
    """Whether a record has a header that is understood."""
    return len(data) >= HEADER.size and data[0] == FORMAT


def deps_of(data: bytes) -> bytes:
    """The hash of the dependencies in a record's header."""
    return data[26:34]


def header_of(data: bytes, where: Any) -> Header:
    """The header of a record.

    Args:
        where: what to name in the error: the path of the component.

    Raises:
        RecordError: it is not a record, or one of another format.
    """
    _check(data, where)
    return Header(*HEADER.unpack_from(data))


def head_of(data: bytes, where: Any) -> Head:
    """The head of a record; `RecordError` as for `header_of`."""
    _check(data, where)
    try:
        return _decode_head(data[HEADER.size : _end_of_head(data)])
    except (msgspec.MsgspecError, ValueError) as exc:
        raise _unreadable(where, exc) from None


def encoded_head_of(data: bytes) -> bytes:
    """The head of a readable record as it is encoded there."""
    return data[HEADER.size : _end_of_head(data)]


def entries_of(data: bytes, where: Any) -> list[Entry]:
    """The target states that lie in a record; `RecordError` as for `header_of`."""
    _check(data, where)
    rest = data[_end_of_head(data) :]
    try:
        return _decode_entries(rest) if rest else []
    except (msgspec.MsgspecError, ValueError) as exc:
        raise _unreadable(where, exc) from None


def first_provider_of(data: bytes) -> int | None:
    """The id of the provider of the first target state that lies in a readable record; None where there is none."""
    at = _end_of_head(data)
    if at >= len(data):
        return None
    at += _LIST_HEADS.get(data[at], 1) + 1  # the head of the list, and that of the entry
    kind = data[at] if at < len(data) else 0
    size = _NUMBERS.get(kind)
    return kind if size is None else int.from_bytes(data[at + 1 : at + 1 + size], "big")


def encoded_entries_of(data: bytes) -> bytes:
    """The target states that lie in a record, as they are encoded there."""
    return data[_end_of_head(data) :]


def _end_of_head(data: bytes) -> int:
    return HEADER.size + int.from_bytes(data[HEADER.size - 4 : HEADER.size], "big")


def _check(data: bytes, where: Any) -> None:
    if len(data) < HEADER.size:
        raise _unreadable(where, ValueError(f"it is {len(data)} bytes long, but a header has {HEADER.size}"))
    if data[0] != FORMAT:
        raise _unreadable(where, ValueError(f"its format is {data[0]}, but this version reads format {FORMAT}"))


def _unreadable(where: Any, exc: Exception) -> RecordError:
    return RecordError(
        f"the stored record of component {where} cannot be read ({exc}); the other components are not affected. "
        "Drop the app and update it again, or restore the store from a copy"
    )

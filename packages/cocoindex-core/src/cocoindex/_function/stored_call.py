"""The stored form of one memoized call. Layer: _function."""

from __future__ import annotations

import msgspec


class StoredCall(msgspec.Struct, array_like=True, frozen=True):
    """One memoized call of a component.

    Args:
        deps: the hash of the call's interned set of dependencies.
        states: the memo states of its arguments, serialized.
        result: the serialized return value.
        targets: the identities of the target states that it declared.
        calls: the memo keys of the memoized calls that it made.
    """

    deps: bytes
    states: list[bytes]
    result: bytes
    targets: list[bytes]
    calls: list[bytes]


encode_call = msgspec.msgpack.Encoder().encode
decode_call = msgspec.msgpack.Decoder(StoredCall).decode

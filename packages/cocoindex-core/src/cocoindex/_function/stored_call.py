"""What is stored of one memoized call. Layer: _function."""

from __future__ import annotations

import msgspec


class StoredCall(msgspec.Struct, array_like=True, frozen=True):
    """One memoized call of a component.

    Args:
        deps: hash of the interned set of what the call depends on.
        states: memo states of its arguments, serialized.
        result: the serialized return value.
        targets: identities of the target states it declared.
        calls: memo keys of the memoized calls it made.
    """

    deps: bytes
    states: list[bytes]
    result: bytes
    targets: list[bytes]
    calls: list[bytes]


encode_call = msgspec.msgpack.Encoder().encode
decode_call = msgspec.msgpack.Decoder(StoredCall).decode

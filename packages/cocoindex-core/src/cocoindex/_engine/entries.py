"""The target states of one component as the store holds them: in its record, or in rows. Layer: _engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ..errors import RecordError
from . import record
from .keyspace import OWNER, STATE, bounded, owner_prefix, state_key
from .record import STATES_APART, UNSURE, Entry, Stored, as_stored

if TYPE_CHECKING:
    from .batch import Batch

FEW = 16
"""So many target states always lie in the record."""

INLINE_BYTES = 64 * 1024
"""More than this goes to rows of their own, so that one changed state does not rewrite all."""

Ident = bytes
"""What identifies a target state: the key of its owner's row (`owner_key`)."""


def load(batch: Batch, data: bytes, where: Any) -> dict[Ident, Entry]:
    """The target states of the component whose record is `data`."""
    inline = record.entries_of(data, where)
    if data[1] & STATES_APART:
        found = _load_rows(batch, data, where)
    else:
        found = {owner_prefix(entry.provider) + bounded(entry.key): entry for entry in inline}
    if data[1] & UNSURE:
        for entry in found.values():
            entry.missing = True
    return found


def _load_rows(batch: Batch, data: bytes, where: Any) -> dict[Ident, Entry]:
    prefix = STATE + data[2:10]
    found: dict[Ident, Entry] = {}
    for key, value in batch.stored_rows(prefix):
        try:
            found[OWNER + key[len(prefix) :]] = record.decode_entry(value)
        except msgspec.MsgspecError as exc:
            raise RecordError(f"a target state of component {where} cannot be read ({exc}): row {key.hex()}") from None
    return found


def take(batch: Batch, data: bytes, idents: Iterable[Ident], where: Any) -> tuple[bytes, list[Entry]]:
    """Take target states out of the record of the component that owned them.

    Returns:
        The record without them, no longer memoized, and what was remembered of them.
    """
    header = record.header_of(data, where)
    flags = header.flags & ~record.MEMO
    entries = load(batch, data, where)
    taken = {ident: entry for ident in idents if (entry := entries.pop(ident, None)) is not None}
    if flags & STATES_APART:
        for ident in taken:
            batch.delete(state_key(header.id, ident))
        return record.with_flags(data, flags), list(taken.values())
    head = record.head_of(data, where)
    rest = record.encode_entries([as_stored(entry) for entry in entries.values()])
    return record.encode(flags, header.id, header.arg_key, header.deps, head, rest), list(taken.values())


def place(
    batch: Batch, ident: bytes, flags: int, kept: Mapping[Ident, Entry], changes: Mapping[Ident, Stored | None]
) -> tuple[int, bytes]:
    """Decide where the target states lie, and write those that lie in rows of their own.

    Args:
        ident: the component's id.
        flags: those of the record so far.
        kept: what is stored already, and stays.
        changes: what differs from what is stored; None for what is no longer there.

    Returns:
        The flags to write, and the encoded target states that lie in the record.
    """
    if not flags & STATES_APART:
        inline = [as_stored(entry) for entry in kept.values()] if kept else []
        inline += [entry for entry in changes.values() if entry is not None]
        encoded = record.encode_entries(inline)
        if len(inline) < FEW or len(encoded) <= INLINE_BYTES:
            return flags, encoded
        changes = {**{at: as_stored(entry) for at, entry in kept.items()}, **changes}
    for at, entry in changes.items():
        key = state_key(ident, at)
        if entry is None:
            batch.delete(key)
        else:
            batch.put(key, record.encode_entry(entry))
    return flags | STATES_APART, b""

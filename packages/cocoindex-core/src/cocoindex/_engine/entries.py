"""The target states of one component as the store holds them: in its record, or in rows. Layer: _engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from ..errors import RecordError
from . import record
from .keyspace import STATE, state_key
from .record import STATES_APART, Entry

if TYPE_CHECKING:
    from .batch import Batch

FEW = 16
"""So many target states always lie in the record."""

INLINE_BYTES = 64 * 1024
"""More than this goes to rows of their own, so that one changed state does not rewrite all."""

Ident = tuple[int, bytes]


def load(batch: Batch, data: bytes | None, where: Any) -> dict[Ident, Entry]:
    """The target states of the component whose record is `data`, by provider id and key."""
    if data is None:
        return {}
    inline = record.entries_of(data, where)
    if not data[1] & STATES_APART:
        return {(entry.provider, entry.key): entry for entry in inline}
    found = {}
    for key, value in batch.stored_rows(STATE + data[2:10]):
        try:
            entry = record.decode_entry(value)
        except msgspec.MsgspecError as exc:
            raise RecordError(f"a target state of component {where} cannot be read ({exc}): row {key.hex()}") from None
        found[entry.ident] = entry
    return found


def take(batch: Batch, data: bytes, idents: Iterable[Ident], where: Any) -> tuple[bytes, list[Entry]]:
    """Take target states out of the record of the component that owned them.

    Returns:
        The record without them, no longer memoized, and what was remembered of them.
    """
    header = record.header_of(data, where)
    flags = header.flags & ~record.MEMO
    entries = load(batch, data, where)
    taken = [entry for ident in idents if (entry := entries.pop(ident, None)) is not None]
    if flags & STATES_APART:
        for entry in taken:
            batch.delete(state_key(header.id, entry.provider, entry.key))
        return record.with_flags(data, flags), taken
    head = record.head_of(data, where)
    return record.encode(flags, header.id, header.arg_key, header.deps, head, list(entries.values())), taken


def place(batch: Batch, ident: bytes, flags: int, entries: dict[Ident, Entry], changed: list[Ident]) -> int:
    """Decide where the target states lie, and write those that lie in rows of their own.

    Args:
        ident: the component's id.
        flags: those of the record so far.
        changed: which of them, or of those that were there, differ from what is stored.

    Returns:
        The flags to write.
    """
    apart = bool(flags & STATES_APART)
    if not apart and _size(entries) <= INLINE_BYTES:
        return flags
    for at in changed if apart else {*entries, *changed}:
        entry = entries.get(at)
        key = state_key(ident, *at)
        if entry is None:
            batch.delete(key)
        else:
            batch.put(key, record.encode_entry(entry))
    return flags | STATES_APART


def _size(entries: dict[Ident, Entry]) -> int:
    if len(entries) < FEW:
        return 0
    return sum(24 + len(entry.key) + sum(map(len, entry.records)) for entry in entries.values())

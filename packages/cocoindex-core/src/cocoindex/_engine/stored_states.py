"""The stored target states of one component: in its record, or in rows of their own. Layer: _engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ..errors import RecordError
from . import record
from .keyspace import OWNER, STATE, bounded, owner_prefix, state_key
from .record import MAY_BE_MISSING, STATES_APART, Entry, Stored, as_stored

if TYPE_CHECKING:
    from .batch import Batch

FEW = 16
"""So many target states always lie in the record."""

INLINE_BYTES = 64 * 1024
"""More than this goes to rows of their own, so that one changed state does not rewrite all."""

StateId = bytes
"""What identifies a target state: the key of its owner's row (`owner_key`)."""


def load(batch: Batch, data: bytes, where: Any) -> dict[StateId, Entry]:
    """Return the target states of the component with the record `data`."""
    inline = record.entries_of(data, where)
    if data[1] & STATES_APART:
        found = _load_rows(batch, data, where)
    else:
        found = {owner_prefix(entry.provider) + bounded(entry.key): entry for entry in inline}
    if data[1] & MAY_BE_MISSING:
        for entry in found.values():
            entry.missing = True
    return found


def _load_rows(batch: Batch, data: bytes, where: Any) -> dict[StateId, Entry]:
    prefix = STATE + data[2:10]
    found: dict[StateId, Entry] = {}
    for key, value in batch.stored_rows(prefix):
        found[OWNER + key[len(prefix) :]] = _decoded(value, key, where)
    return found


def _decoded(value: bytes, row: bytes, where: Any) -> Entry:
    try:
        return record.decode_entry(value)
    except msgspec.MsgspecError as exc:
        raise RecordError(f"a target state of component {where} cannot be read ({exc}): row {row.hex()}") from None


class StoredStates:
    """Reads single target states of records, with a cache for many reads of one record."""

    __slots__ = ("_batch", "_inline")

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._inline: dict[bytes, dict[StateId, Entry]] = {}

    def find(self, data: bytes, state_id: StateId, where: Any) -> Entry | None:
        """Return the entry of a target state of the component with the record `data`; None if there is none."""
        if not data[1] & STATES_APART:
            found = self._inline.get(data)
            if found is None:
                self._inline = {data: (found := load(self._batch, data, where))}
            return found.get(state_id)
        row = state_key(data[2:10], state_id)
        value = self._batch.get(row)
        if value is None:
            return None
        entry = _decoded(value, row, where)
        entry.missing = entry.missing or bool(data[1] & MAY_BE_MISSING)
        return entry


def put(batch: Batch, record_key: bytes, data: bytes, state_id: StateId, entry: Entry, where: Any) -> None:
    """Replace the entry of one target state of the component with the record `data`."""
    if data[1] & STATES_APART:
        batch.put(state_key(data[2:10], state_id), record.encode_entry(entry))
        return
    entries = {**load(batch, data, where), state_id: entry}
    header, head = record.header_of(data, where), record.head_of(data, where)
    rest = record.encode_entries([as_stored(entry) for entry in entries.values()])
    flags = header.flags & ~MAY_BE_MISSING
    batch.put(record_key, record.encode(flags, header.id, header.arg_key, header.deps, head, rest))


def place(
    batch: Batch, component: bytes, flags: int, kept: Mapping[StateId, Entry], changes: Mapping[StateId, Stored | None]
) -> tuple[int, bytes]:
    """Decide where the target states are stored, and write those with rows of their own.

    If the record marks all of them as possibly missing, each remaining entry is marked itself from now on.

    Args:
        component: the component's id.
        flags: the record's flags so far.
        kept: the stored entries that stay.
        changes: the changed entries; None for deleted ones.

    Returns:
        The flags to write, and the encoded target states for the record.
    """
    if not kept and not flags & (STATES_APART | MAY_BE_MISSING) and len(changes) < FEW:
        # The usual case: few target states, all written now.
        return flags, record.encode_entries([entry for entry in changes.values() if entry is not None])
    doubtful, flags = flags & MAY_BE_MISSING, flags & ~MAY_BE_MISSING
    if not flags & STATES_APART:
        inline = [as_stored(entry) for entry in kept.values()] if kept else []
        inline += [entry for entry in changes.values() if entry is not None]
        encoded = record.encode_entries(inline)
        if len(inline) < FEW or len(encoded) <= INLINE_BYTES:
            return flags, encoded
    if doubtful or not flags & STATES_APART:
        changes = {**{at: as_stored(entry) for at, entry in kept.items()}, **changes}
    for at, entry in changes.items():
        key = state_key(component, at)
        if entry is None:
            batch.delete(key)
        else:
            batch.put(key, record.encode_entry(entry))
    return flags | STATES_APART, b""

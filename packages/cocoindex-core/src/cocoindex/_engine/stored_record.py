"""Edits stored records of components that are not running. Layer: _engine."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from .._keys import StableKey, StablePath, decode_parts
from . import record
from .keyspace import CALL, COMMITTED, INDEX, NO_PARENT, STATE
from .record import CALLS, CHILDREN, LIVE, MAY_BE_MISSING, MEMO, STATES_APART

if TYPE_CHECKING:
    from .batch import Batch


def forget_record(batch: Batch, record_key: bytes, data: bytes) -> None:
    """Delete a component's own stored data."""
    flags, component = data[1], data[2:10]
    if flags & STATES_APART:
        batch.drop(STATE + component)
    if flags & CALLS:
        batch.drop(CALL + component)
    if flags & CHILDREN:
        batch.delete(INDEX + component)
    if flags & LIVE:
        batch.drop(COMMITTED + component)
    batch.delete(record_key)


def forget_calls(batch: Batch, data: bytes) -> None:
    """Delete a component's memoized calls and its states, so that its next run makes all calls again."""
    if data[1] & CALLS:
        for row in batch.stored_keys(CALL + data[2:10]):
            batch.delete(row)


def doubt_states(batch: Batch, record_key: bytes, data: bytes) -> None:
    """Mark all target states of a component as possibly missing, so that the next run applies them again."""
    flags = (data[1] & ~MEMO) | MAY_BE_MISSING
    if flags != data[1]:
        batch.put(record_key, record.with_flags(data, flags))


def forget_memo(batch: Batch, record_key: bytes) -> Collection[bytes]:
    """Make a component and all its ancestors run in the next update: a skipped ancestor would skip it, too.

    Returns:
        The keys of their records.
    """
    found = with_ancestors(batch, record_key)
    for at in found:
        data = batch.get(at)
        if data is not None and data[1] & MEMO:
            batch.put(at, record.with_flags(data, data[1] & ~MEMO))
    return found


def with_ancestors(batch: Batch, record_key: bytes) -> Collection[bytes]:
    """Return the keys of a component's record and of those above it, from the bottom up."""
    found: dict[bytes, None] = {}
    at: bytes | None = record_key
    while at is not None and at not in found:
        found[at] = None
        at = None if at[1:9] == NO_PARENT else batch.get(INDEX + at[1:9])
    return found.keys()


def path_parts(record_key: bytes, data: bytes, where: object) -> list[StableKey]:
    """Return the path of a component below its parent, from its record."""
    encoded = record.head_of(data, where).path if record.is_readable(data) else None
    return decode_parts(record_key[9:] if encoded is None else encoded)


def path_of(batch: Batch, record_key: bytes) -> StablePath:
    """Return the path of the component with this record key."""
    parts: list[StableKey] = []
    met: set[bytes] = set()  # a damaged store may contain a cycle
    at: bytes | None = record_key
    while at is not None and at[1:9] != NO_PARENT and at not in met:
        met.add(at)
        parts[:0] = path_parts(at, batch.get(at) or b"", at.hex())
        at = batch.get(INDEX + at[1:9])
    return StablePath.from_parts(tuple(parts))

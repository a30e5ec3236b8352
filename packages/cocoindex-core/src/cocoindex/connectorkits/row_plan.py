"""Decides whether a row is written or deleted, from its stored records: pure functions.

Layer: connectorkits. For connectors that also write rows to tables that others created. The record of a row is the
fingerprint of its stored form. In a table of others, a row that existed before it was declared gets the declared
values, and is not deleted when it is no longer declared: its record says so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

__all__ = ["RowPlan", "is_deleted", "plan_row", "record_of_row"]

_WAS_THERE = b"F"
_UNKNOWN = b"?"
_SIZE = 16


class RowPlan(NamedTuple):
    """The plan for a declared row.

    Attributes:
        record: the record to store.
        asks: whether the sink must find out if the row exists, and report `record_of_row()`.
    """

    record: bytes
    asks: bool


def plan_row(fingerprint: bytes, prev: Collection[bytes], may_be_missing: bool, *, of_others: bool) -> RowPlan | None:
    """Return the plan for a declared row; None if the table already holds it.

    Args:
        fingerprint: the fingerprint of its stored form, 16 bytes, from `fingerprint_bytes` or `fingerprint_object`.
        prev: the possible records of its current state.
        may_be_missing: whether the row may not exist.
        of_others: whether others created the table, so that the row may be theirs.
    """
    if prev:
        known = [_mark(record) for record in prev]
        if not may_be_missing and _UNKNOWN not in known and all(record.endswith(fingerprint) for record in prev):
            return None
        if any(known):
            asks = of_others and (may_be_missing or _UNKNOWN in known)
            return RowPlan((_UNKNOWN if asks else _WAS_THERE) + fingerprint, asks)
    elif of_others:
        return RowPlan(_UNKNOWN + fingerprint, asks=True)
    return RowPlan(fingerprint, asks=False)


def record_of_row(fingerprint: bytes, *, was_there: bool) -> bytes:
    """Return the record of a row, once the sink knows whether the row existed before."""
    return _WAS_THERE + fingerprint if was_there else fingerprint


def is_deleted(prev: Collection[bytes], may_be_missing: bool, *, of_others: bool) -> bool:
    """Whether to delete a row that is no longer declared; False if it existed, or may have existed, before."""
    if any(len(record) > _SIZE for record in prev):
        return False
    return bool(prev) or (may_be_missing and not of_others)


def _mark(record: bytes) -> bytes:
    return record[:1] if len(record) > _SIZE else b""

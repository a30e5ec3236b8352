"""Decides whether a row is written or deleted, from its stored records: pure functions.

Layer: connectorkits. For connectors whose rows may also lie in tables that others made. A row's record is the
fingerprint of its stored form. In a table of others, a row that was there before it was declared gets the declared
values, and stays when it is no longer declared: its record says so.
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
        record: what to remember.
        asks: whether the sink has to find out if the row is there, and report `record_of_row()`.
    """

    record: bytes
    asks: bool


def plan_row(fingerprint: bytes, prev: Collection[bytes], may_be_missing: bool, *, of_others: bool) -> RowPlan | None:
    """What to do about a declared row; None for nothing, as the table holds it.

    Args:
        fingerprint: of its stored form, as `fingerprint_bytes` and `fingerprint_object` give one.
        prev: the records of which one may hold.
        may_be_missing: whether the table may hold no such row.
        of_others: whether others made the table, so that they may have written the row, too.
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
    """The record of a row of which the sink found out whether it was there before."""
    return _WAS_THERE + fingerprint if was_there else fingerprint


def is_deleted(prev: Collection[bytes], may_be_missing: bool, *, of_others: bool) -> bool:
    """Whether a row that is no longer declared is deleted: not one that was there before, as far as that is known."""
    if any(len(record) > _SIZE for record in prev):
        return False
    return bool(prev) or (may_be_missing and not of_others)


def _mark(record: bytes) -> bytes:
    return record[:1] if len(record) > _SIZE else b""

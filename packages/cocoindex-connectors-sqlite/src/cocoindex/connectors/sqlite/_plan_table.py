"""What has to happen to a table, and what that does to its rows: a pure function of what is known.

SQLite connector, table layer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple

from cocoindex.connectorkits.target import ManagedBy

from ._driver import sqlite3
from ._identifier import folded
from ._inspect_table import ActualTable, differences
from ._statements import create_table
from ._table_record import TableRecord

__all__ = ["Mode", "TablePlan", "TableState", "is_ours", "plan_table"]

Mode = Literal["make", "rebuild", "check", "drop", "leave"]
_CAN_DROP_COLUMNS = sqlite3.sqlite_version_info >= (3, 35)


@dataclass(frozen=True)
class TableState:
    """A table as it was declared.

    `was_seen` tells whether the database was looked at when it was declared, and `seen` what was there then. With it,
    a table that somebody dropped or altered is mended with its rows; without it only the records are known.
    """

    name: str
    record: TableRecord
    was_seen: bool = False
    seen: ActualTable | None = None


class TablePlan(NamedTuple):
    """What to do: `drops` are columns that are no longer wanted and were made by us."""

    mode: Mode
    is_ours: bool
    drops: tuple[str, ...]
    invalidation: Literal["destructive", "lossy"] | None


class _Change(IntEnum):
    NONE = 0
    COLUMNS = 1
    REBUILD = 2


_INVALIDATION: dict[_Change, Literal["destructive", "lossy"] | None] = {
    _Change.NONE: None,
    _Change.COLUMNS: "lossy",
    _Change.REBUILD: "destructive",
}


def is_ours(prev: Collection[TableRecord]) -> bool:
    """Whether the table, if it is there and is what the records tell of, was made by us, whatever the truth is."""
    return bool(prev) and all(record.managed_by == ManagedBy.SYSTEM for record in prev)


def plan_table(state: TableState, prev: Collection[TableRecord]) -> TablePlan:
    """What to do about a declared table, given what earlier runs may have left of it.

    A table is ours to rebuild, or to drop columns of, only where every record says that we made it.
    """
    record = state.record
    ours = is_ours(prev)
    change = max((_change(old, record) for old in prev), default=_Change.NONE)
    if record.managed_by == ManagedBy.USER:
        return TablePlan("check", False, (), _INVALIDATION[change])
    if ours and state.was_seen:
        change = max(change, _mending(state))
    mode: Mode = "rebuild" if ours and change is _Change.REBUILD else "make"
    return TablePlan(mode, ours, _drops(prev, record) if ours else (), _INVALIDATION[change])


def _change(old: TableRecord, new: TableRecord) -> _Change:
    if old.vec0 is not None or new.vec0 is not None:
        return _Change.NONE if create_table("", old) == create_table("", new) else _Change.REBUILD
    if old.primary_key != new.primary_key:
        return _Change.REBUILD
    for name in old.columns.keys() & new.columns.keys():
        before, after = old.columns[name], new.columns[name]
        if (before.type.upper(), before.nullable) != (after.type.upper(), after.nullable):
            return _Change.REBUILD
    added = new.columns.keys() - old.columns.keys()
    dropped = old.columns.keys() - new.columns.keys()
    if _needs_rebuild(new, added) or (dropped and not _CAN_DROP_COLUMNS):
        return _Change.REBUILD
    return _Change.COLUMNS if added or dropped else _Change.NONE


def _mending(state: TableState) -> _Change:
    if state.seen is None:
        return _Change.REBUILD
    missing, wrong = differences(state.seen, state.name, state.record)
    if wrong or _needs_rebuild(state.record, missing):
        return _Change.REBUILD
    return _Change.COLUMNS if missing else _Change.NONE


def _needs_rebuild(record: TableRecord, added: Collection[str]) -> bool:
    # SQLite cannot add a column without a default for the rows that are there, and we have none to give.
    return any(not record.columns[name].nullable for name in added)


def _drops(prev: Collection[TableRecord], record: TableRecord) -> tuple[str, ...]:
    kept = {folded(name) for name in record.columns}
    return tuple(sorted({name for old in prev for name in old.columns if folded(name) not in kept}))

"""What has to happen to a table, and what that does to its rows: a pure function of what is known.

Postgres connector, table layer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple

from ._identifier import TableName
from ._inspect_table import ActualTable, differences
from ._table_record import TableRecord

__all__ = ["Mode", "TablePlan", "TableState", "is_ours", "plan_table"]

Mode = Literal["make", "rebuild", "check", "drop", "leave"]


@dataclass(frozen=True)
class TableState:
    """A table as it was declared.

    `was_seen` tells whether the database was looked at when it was declared, and `seen` what was there then. With it,
    a table that somebody dropped or altered is mended with its rows; without it only the records are known.
    """

    name: TableName
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
    return bool(prev) and all(record.managed_by == "system" for record in prev)


def plan_table(state: TableState, prev: Collection[TableRecord]) -> TablePlan:
    """What to do about a declared table, given what earlier runs may have left of it.

    A table is ours to rebuild, or to drop columns of, only where every record says that we made it.
    """
    record = state.record
    ours = is_ours(prev)
    change = max((_change(old, record) for old in prev), default=_Change.NONE)
    if record.managed_by == "user":
        return TablePlan("check", False, (), _INVALIDATION[change])
    if ours and state.was_seen:
        change = max(change, _mending(state))
    mode: Mode = "rebuild" if ours and change is _Change.REBUILD else "make"
    return TablePlan(mode, ours, _drops(prev, record) if ours else (), _INVALIDATION[change])


def _change(old: TableRecord, new: TableRecord) -> _Change:
    kept = old.columns.keys() & new.columns.keys()
    if old.primary_key != new.primary_key or not all(old.columns[name].is_as(new.columns[name]) for name in kept):
        return _Change.REBUILD
    added = new.columns.keys() - old.columns.keys()
    if _needs_rebuild(new, added):
        return _Change.REBUILD
    return _Change.COLUMNS if added or old.columns.keys() - new.columns.keys() else _Change.NONE


def _mending(state: TableState) -> _Change:
    if state.seen is None:
        return _Change.REBUILD
    missing, wrong = differences(state.seen, state.record)
    if wrong or _needs_rebuild(state.record, missing):
        return _Change.REBUILD
    return _Change.COLUMNS if missing else _Change.NONE


def _needs_rebuild(record: TableRecord, added: Collection[str]) -> bool:
    # A column without NULLs cannot be added to the rows that are there: there is no value to give them.
    return any(not record.columns[name].nullable for name in added)


def _drops(prev: Collection[TableRecord], record: TableRecord) -> tuple[str, ...]:
    return tuple(sorted({name for old in prev for name in old.columns if name not in record.columns}))

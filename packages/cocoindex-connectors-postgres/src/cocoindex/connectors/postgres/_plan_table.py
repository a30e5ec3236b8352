"""What has to happen to a table, and what that does to its rows: a pure function of what is known.

Postgres connector, table layer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cocoindex.connectorkits import table_plan as kit
from cocoindex.connectorkits.table_plan import Sighting, TableChange, TablePlan

from ._identifier import TableName
from ._inspect_table import ActualTable, differences
from ._table_record import ColumnRecord, TableRecord

__all__ = ["TableState", "plan_table"]


@dataclass(frozen=True)
class TableState:
    """A table as it was declared.

    `was_seen` tells whether the database was looked at when it was declared, and `seen` what was there then. With it,
    a table that somebody dropped, altered or made anew is mended with its rows; without it only the records are known.

    Args:
        name: the table.
        record: how it should be, with the mark that it gets if it is made.
        adopt: whether a table that others made may be used.
        database: what tells the database from all others, where it was looked at.
    """

    name: TableName
    record: TableRecord
    adopt: bool = False
    was_seen: bool = False
    seen: ActualTable | None = None
    database: str = ""

    @property
    def sighting(self) -> Sighting | None:
        """What was found; None where nobody looked."""
        if not self.was_seen:
            return None
        if self.seen is None:
            return Sighting(is_there=False)
        mark = "" if self.seen.mark is None else self.seen.mark.token
        return Sighting(True, mark, f"{self.database}/{self.seen.oid}")


def plan_table(state: TableState, prev: Collection[TableRecord], may_be_missing: bool) -> TablePlan[TableRecord]:
    """What to do about a declared table, given what earlier runs may have left of it."""
    return kit.plan_table(
        state.record,
        prev,
        may_be_missing=may_be_missing,
        sighting=state.sighting,
        adopt=state.adopt,
        fits=lambda old: state.seen is not None and _fits(state.seen, old),
        change=_change,
        mending=_mending(state) if state.was_seen else TableChange.NONE,
        drops=_drops(prev, state.record),
    )


def _change(old: TableRecord, new: TableRecord) -> TableChange:
    kept = old.columns.keys() & new.columns.keys()
    if old.primary_key != new.primary_key or not all(old.columns[name].is_as(new.columns[name]) for name in kept):
        return TableChange.REBUILD
    added = new.columns.keys() - old.columns.keys()
    if _needs_rebuild(new, added):
        return TableChange.REBUILD
    return TableChange.COLUMNS if added or old.columns.keys() - new.columns.keys() else TableChange.NONE


def _fits(actual: ActualTable, record: TableRecord) -> bool:
    """Whether the table is as `record` says, as far as names of types tell."""
    found = {
        name: ColumnRecord(column.type, not column.not_null)
        for name, column in actual.columns.items()
        if name in record.columns
    }
    if actual.primary_key != record.primary_key or len(found) < len(record.columns):
        return False
    return all(column.is_as(found[name]) for name, column in record.columns.items())


def _mending(state: TableState) -> TableChange:
    if state.seen is None:
        return TableChange.REBUILD
    missing, wrong = differences(state.seen, state.record)
    if wrong or _needs_rebuild(state.record, missing):
        return TableChange.REBUILD
    return TableChange.COLUMNS if missing else TableChange.NONE


def _needs_rebuild(record: TableRecord, added: Collection[str]) -> bool:
    # A column without NULLs cannot be added to the rows that are there: there is no value to give them.
    return any(not record.columns[name].nullable for name in added)


def _drops(prev: Collection[TableRecord], record: TableRecord) -> tuple[str, ...]:
    return tuple(sorted({name for old in prev for name in old.columns if name not in record.columns}))

"""What has to happen to a table, and what that does to its rows: a pure function of what is known.

SQLite connector, table layer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cocoindex.connectorkits import table_plan as kit
from cocoindex.connectorkits.table_plan import Sighting, TableChange, TablePlan

from ._driver import sqlite3
from ._identifier import folded
from ._inspect_table import ActualTable, differences
from ._statements import create_table
from ._table_record import TableRecord

__all__ = ["TableState", "plan_table"]

_CAN_DROP_COLUMNS = sqlite3.sqlite_version_info >= (3, 35)


@dataclass(frozen=True)
class TableState:
    """A table as it was declared.

    `was_seen` tells whether the database was looked at when it was declared, and `seen` what was there then. With it,
    a table that somebody dropped, altered or made anew is mended with its rows; without it only the records are known.

    Args:
        name: the table.
        record: how it should be, with the mark that it gets if it is made.
        adopt: whether a table that others made may be used.
        schema_version: which state of the schema of which database it was when it was looked at.
    """

    name: str
    record: TableRecord
    adopt: bool = False
    was_seen: bool = False
    seen: ActualTable | None = None
    schema_version: str = ""

    @property
    def sighting(self) -> Sighting | None:
        """What was found; None where nobody looked."""
        if not self.was_seen:
            return None
        if self.seen is None:
            return Sighting(is_there=False)
        # SQLite numbers no tables. As long as the schema is the same, so are they; after that it may be another one.
        return Sighting(
            True, "" if self.seen.mark is None else self.seen.mark.token, self.schema_version, identity_lasts=False
        )


def plan_table(state: TableState, prev: Collection[TableRecord], may_be_missing: bool) -> TablePlan[TableRecord]:
    """What to do about a declared table, given what earlier runs may have left of it."""
    return kit.plan_table(
        state.record,
        prev,
        may_be_missing=may_be_missing,
        sighting=state.sighting,
        adopt=state.adopt,
        fits=lambda old: state.seen is not None and not any(differences(state.seen, state.name, old)),
        change=_change,
        mending=_mending(state) if state.was_seen else TableChange.NONE,
        drops=_drops(prev, state.record),
    )


def _change(old: TableRecord, new: TableRecord) -> TableChange:
    if old.vec0 is not None or new.vec0 is not None:
        return TableChange.NONE if create_table("", old) == create_table("", new) else TableChange.REBUILD
    if old.primary_key != new.primary_key:
        return TableChange.REBUILD
    for name in old.columns.keys() & new.columns.keys():
        before, after = old.columns[name], new.columns[name]
        if (before.type.upper(), before.nullable) != (after.type.upper(), after.nullable):
            return TableChange.REBUILD
    added = new.columns.keys() - old.columns.keys()
    dropped = old.columns.keys() - new.columns.keys()
    if _needs_rebuild(new, added) or (dropped and not _CAN_DROP_COLUMNS):
        return TableChange.REBUILD
    return TableChange.COLUMNS if added or dropped else TableChange.NONE


def _mending(state: TableState) -> TableChange:
    if state.seen is None:
        return TableChange.REBUILD
    missing, wrong = differences(state.seen, state.name, state.record)
    if wrong or _needs_rebuild(state.record, missing):
        return TableChange.REBUILD
    return TableChange.COLUMNS if missing else TableChange.NONE


def _needs_rebuild(record: TableRecord, added: Collection[str]) -> bool:
    # SQLite cannot add a column without a default for the rows that are there, and we have none to give.
    return any(not record.columns[name].nullable for name in added)


def _drops(prev: Collection[TableRecord], record: TableRecord) -> tuple[str, ...]:
    kept = {folded(name) for name in record.columns}
    return tuple(sorted({name for old in prev for name in old.columns if folded(name) not in kept}))

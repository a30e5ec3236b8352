"""Decides on the action for a table, and its effect on the rows: pure functions.

Layer: connectorkits. For connectors whose tables have columns and a primary key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import Field, replace
from enum import IntEnum
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from cocoindex._shown import shown

from ..errors import CocoIndexError
from .target import ManagedBy

__all__ = [
    "Sighting",
    "TableChange",
    "TableMode",
    "TablePlan",
    "TableRecordLike",
    "check_primary_key",
    "is_ours",
    "new_mark",
    "plan_table",
]

TableMode: TypeAlias = Literal["make", "rebuild", "check", "use", "drop", "leave"]
"""What to do with a table:

- `make`: create it, or alter it to match its declaration;
- `rebuild`: recreate it if it exists;
- `check`: check a table that the user manages;
- `use`: write rows to a table that others created, and do not alter it;
- `drop`: drop it;
- `leave`: do nothing.
"""


class TableRecordLike(Protocol):
    """The required attributes of a table's stored record: a frozen dataclass, which can have more fields."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def managed_by(self) -> str:
        """`"system"` if the framework created the table, `"user"` if it only writes rows to it."""
        ...

    @property
    def mark(self) -> str:
        """The mark that the framework sets on a table it creates; a table that others recreate does not have it."""
        ...

    @property
    def identity(self) -> str:
        """Distinguishes the table from a later table of the same name, and from a copy; empty if unknown."""
        ...


RecordT = TypeVar("RecordT", bound=TableRecordLike)


class Sighting(NamedTuple):
    """What an inspection found in the database under the name of a table.

    Args:
        is_there: whether the table exists.
        mark: its mark; empty if it has none.
        identity: distinguishes it from a later table of the same name; empty if unknown.
        identity_lasts: whether a table keeps its identity for as long as it exists.
        is_of_store: whether an app of the same store created it.
    """

    is_there: bool
    mark: str = ""
    identity: str = ""
    identity_lasts: bool = True
    is_of_store: bool = False

    def is_of(self, record: TableRecordLike) -> bool:
        """Whether this is the table that the record describes."""
        if self.mark and self.mark == record.mark:
            return True
        return record.managed_by == ManagedBy.USER and bool(self.identity) and self.identity == record.identity


class TableChange(IntEnum):
    """How much of a table has to change: nothing, some of its columns in place, or the whole table."""

    NONE = 0
    COLUMNS = 1
    REBUILD = 2


class TablePlan(NamedTuple, Generic[RecordT]):
    """The plan for a table.

    Attributes:
        mode: what to do.
        record: the record to store.
        made_as: the records of a table that the framework created. It alters or drops the table only if the table has
            the mark of one of them. Empty if others created the table.
        drops: columns to drop: created by the framework, and no longer declared.
        invalidation: the effect on the rows, as `TargetReconcileOutput.child_invalidation`.
    """

    mode: TableMode
    record: RecordT
    made_as: tuple[RecordT, ...]
    drops: tuple[str, ...]
    invalidation: Literal["destructive", "lossy"] | None


_INVALIDATION: dict[TableChange, Literal["destructive", "lossy"] | None] = {
    TableChange.NONE: None,
    TableChange.COLUMNS: "lossy",
    TableChange.REBUILD: "destructive",
}


def new_mark() -> str:
    """Return a mark that no other table has."""
    return secrets.token_hex(8)


def is_ours(prev: Collection[TableRecordLike]) -> bool:
    """Whether all records say that the framework created the table; False if there are none."""
    return bool(prev) and all(record.managed_by == ManagedBy.SYSTEM for record in prev)


def plan_table(
    record: RecordT,
    prev: Collection[RecordT],
    *,
    may_be_missing: bool,
    sighting: Sighting | None,
    adopt: bool,
    fits: Callable[[RecordT], bool],
    change: Callable[[RecordT, RecordT], TableChange],
    mending: TableChange,
    drops: tuple[str, ...],
) -> TablePlan[RecordT]:
    """Return the plan for a declared table, from the records of earlier runs and an inspection of the database.

    The framework alters and drops a table only if the table has the mark of a record that says so, or if an app of the
    same store, which may share it, created it. If the table is not the one that the records describe, all rows are
    applied again; the table that was found stays as it is.

    Args:
        record: the record of the table as declared, with the mark that it gets if it is created.
        prev: the possible records of its current state.
        may_be_missing: whether the table may never have been created.
        sighting: what the inspection found; None if there was no inspection.
        adopt: whether rows may be written to a table that others created.
        fits: whether the found table may be the one that a record describes; called only if a table was found.
        change: returns what has to change from one record to another.
        mending: what has to change in addition, because others altered a table of the framework.
        drops: the columns of `prev` that are no longer declared.
    """
    records = tuple(prev)
    # A change that was refused or interrupted leaves a record that describes no existing table.
    possible = [old for old in records if fits(old)] if sighting is not None and sighting.is_there else []
    largest = max((change(old, record) for old in possible or records), default=TableChange.NONE)
    found = sighting if sighting is not None and sighting.is_there else None
    if sighting is not None:
        largest = max([largest, *(_loss(sighting, old) for old in records)])
    if record.managed_by == ManagedBy.USER:
        return _of_others("check", record, records, found, largest)
    if _is_of_others(records, may_be_missing, sighting, found, adopt=adopt):
        return _of_others("use", record, records, found, largest)
    ours = is_ours(records)
    joins = found is not None and found.is_of_store
    largest = max(largest, mending) if ours or joins else largest
    is_gone = sighting is not None and found is None
    mode: TableMode = "rebuild" if (ours or joins or is_gone) and largest is TableChange.REBUILD else "make"
    if sighting is None or found is not None:  # only a newly created table gets a new mark
        shared = found.mark if found is not None and found.is_of_store else ""
        record = replace(record, mark=_mark(records, found) or shared or record.mark)
    record = replace(record, identity=next((old.identity for old in reversed(records) if old.mark), ""))
    made_as = records if ours else ()
    return TablePlan(mode, record, made_as, drops if ours else (), _INVALIDATION[largest])


def _loss(sighting: Sighting, old: TableRecordLike) -> TableChange:
    """Return which rows of the table described by `old` are lost: all of them if another table was found."""
    if not sighting.is_there:
        return TableChange.REBUILD
    if sighting.is_of(old) or not (old.mark or old.identity):
        return TableChange.NONE
    if sighting.is_of_store and old.mark:  # another app of the store created the table, or changed its mark
        return TableChange.COLUMNS
    return TableChange.REBUILD if old.mark or sighting.identity_lasts else TableChange.COLUMNS


def _is_of_others(
    records: Sequence[TableRecordLike],
    may_be_missing: bool,
    sighting: Sighting | None,
    found: Sighting | None,
    *,
    adopt: bool,
) -> bool:
    """Whether rows are written to a table that others created."""
    if sighting is None:
        return bool(records) and not any(old.managed_by == ManagedBy.SYSTEM for old in records)
    if found is None:
        return False
    if any(found.is_of(old) for old in records):
        return not is_ours(records)
    if found.is_of_store and not adopt and (not records or is_ours(records)):
        return False
    return adopt or (bool(records) and not may_be_missing)


def _of_others(
    mode: TableMode, record: RecordT, records: Sequence[RecordT], found: Sighting | None, change: TableChange
) -> TablePlan[RecordT]:
    identity = found.identity if found is not None else next((old.identity for old in records if old.identity), "")
    mark = _mark(records, found) if found is not None else ""
    record = replace(record, managed_by=ManagedBy.USER, mark=mark, identity=identity)
    return TablePlan(mode, record, (), (), _INVALIDATION[change])


def _mark(records: Sequence[TableRecordLike], found: Sighting | None) -> str:
    if found is None:
        return next((old.mark for old in reversed(records) if old.mark), "")
    return next((old.mark for old in records if old.mark and found.is_of(old)), "")


def check_primary_key(columns: Mapping[str, object], primary_key: object, error: type[CocoIndexError]) -> None:
    """Raise `error` unless `primary_key` is a list of at least one of these columns, without duplicates."""
    if isinstance(primary_key, str | Mapping | Set) or not isinstance(primary_key, Collection) or not primary_key:
        raise error(f"primary_key is a list of one column name or more, not {shown(primary_key)}: it identifies rows")
    for name in primary_key:
        if name not in columns:
            known = ", ".join(map(repr, columns))
            raise error(f"the primary key column {name!r} is not among the columns: {known}")
    if len(set(primary_key)) < len(primary_key):
        raise error(f"the primary key names a column twice: {', '.join(map(repr, primary_key))}")

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
"""What to do with a table: `make` it, or bring it into shape; `rebuild` it where it is there; `check` what a user
manages; `use` what others made, of which only rows are kept; `drop` it; or `leave` it as it is."""


class TableRecordLike(Protocol):
    """What is remembered of a table, a frozen dataclass with whatever else there is to know."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def managed_by(self) -> str:
        """`"system"` for a table that we made, `"user"` for one of which we keep rows only."""
        ...

    @property
    def mark(self) -> str:
        """What a table that we make is marked with, where the database keeps it; dropped and made anew, it has none."""
        ...

    @property
    def identity(self) -> str:
        """What tells the table from a later one of its name, and from a copy; empty where that is not known."""
        ...


RecordT = TypeVar("RecordT", bound=TableRecordLike)


class Sighting(NamedTuple):
    """What the database has under the name of a table.

    Args:
        is_there: whether the table exists.
        mark: its mark, if it has one.
        identity: distinguishes it from a later table of that name.
        identity_lasts: whether a table keeps its identity for as long as it exists.
        is_of_store: whether an app of the same store made it.
    """

    is_there: bool
    mark: str = ""
    identity: str = ""
    identity_lasts: bool = True
    is_of_store: bool = False

    def is_of(self, record: TableRecordLike) -> bool:
        """Whether this is the table of the record."""
        if self.mark and self.mark == record.mark:
            return True
        return record.managed_by == ManagedBy.USER and bool(self.identity) and self.identity == record.identity


class TableChange(IntEnum):
    """How much of a table has to change: nothing, some of its columns in place, or the whole table."""

    NONE = 0
    COLUMNS = 1
    REBUILD = 2


class TablePlan(NamedTuple, Generic[RecordT]):
    """What to do with a table.

    Attributes:
        mode: what to do.
        record: what to remember.
        made_as: the records by which a table is ours, where it has the mark of one; none where it cannot be.
        drops: columns that are no longer wanted and were made by us.
        invalidation: what it does to the rows, as `TargetReconcileOutput.child_invalidation`.
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
    """A mark that no other table has."""
    return secrets.token_hex(8)


def is_ours(prev: Collection[TableRecordLike]) -> bool:
    """Whether the table, if it is there and is what the records tell of, was made by us, whatever the truth is."""
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
    """What to do about a declared table, given what earlier runs may have left of it, and what is there.

    A table is ours to alter and to drop only where it has the mark of a record that says so, or was made by an app of
    the same store, which may share it. Where it is another one than the records tell of, its rows are applied again; it
    stays with those who made it.

    Args:
        record: how it should be, with the mark that it gets if it is made.
        prev: the records of which one may tell how it is.
        may_be_missing: whether it may never have been made.
        sighting: what was found when it was declared; None where nobody looked.
        adopt: whether rows of a table that others made may be kept.
        fits: whether what was found may be as a record says; asked only where something was found.
        change: what has to change from one record to another.
        mending: what has to change besides, as somebody altered what we made.
        drops: the columns of `prev` that are no longer wanted.
    """
    records = tuple(prev)
    # A change that was refused, or interrupted before it was made, leaves a record that tells of no table.
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
    mode: TableMode = "rebuild" if (ours or joins) and largest is TableChange.REBUILD else "make"
    if sighting is None or found is not None:  # only one that is made gets a new mark
        shared = found.mark if found is not None and found.is_of_store else ""
        record = replace(record, mark=_mark(records, found) or shared or record.mark)
    record = replace(record, identity=next((old.identity for old in reversed(records) if old.mark), ""))
    made_as = records if ours else ()
    return TablePlan(mode, record, made_as, drops if ours else (), _INVALIDATION[largest])


def _loss(sighting: Sighting, old: TableRecordLike) -> TableChange:
    """What is lost of the rows of the table that `old` tells of: all where that is another one than was found."""
    if not sighting.is_there:
        return TableChange.REBUILD
    if sighting.is_of(old) or not (old.mark or old.identity):
        return TableChange.NONE
    if sighting.is_of_store and old.mark:  # whose other app gave it a new mark, or made it
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
    """Whether it is a table that others made, of which rows are kept."""
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
    """Raise `error` unless `primary_key` is a list of one name or more of these columns, each named once."""
    if isinstance(primary_key, str | Mapping | Set) or not isinstance(primary_key, Collection) or not primary_key:
        raise error(f"primary_key is a list of one column name or more, not {shown(primary_key)}: it identifies rows")
    for name in primary_key:
        if name not in columns:
            known = ", ".join(map(repr, columns))
            raise error(f"the primary key column {name!r} is not among the columns: {known}")
    if len(set(primary_key)) < len(primary_key):
        raise error(f"the primary key names a column twice: {', '.join(map(repr, primary_key))}")

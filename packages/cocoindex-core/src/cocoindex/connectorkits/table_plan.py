"""What has to happen to a table, and what that does to its rows: a pure function of what is known.

Layer: connectorkits. For connectors whose tables have columns and a primary key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import IntEnum
from typing import Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from ..errors import CocoIndexError
from .target import ManagedBy

__all__ = ["TableChange", "TableMode", "TablePlan", "TableRecordLike", "check_primary_key", "is_ours", "plan_table"]

TableMode: TypeAlias = Literal["make", "rebuild", "check", "drop", "leave"]
"""`make` it, or `rebuild` it where it is there, `check` what a user made, `drop` it, or `leave` it as it is."""


class TableRecordLike(Protocol):
    """What is remembered of a table, whatever else that is."""

    @property
    def managed_by(self) -> str:
        """`"system"` or `"user"`."""
        ...


RecordT = TypeVar("RecordT", bound=TableRecordLike)


class TableChange(IntEnum):
    """How much of a table has to change: nothing, some of its columns in place, or all of it."""

    NONE = 0
    COLUMNS = 1
    REBUILD = 2


class TablePlan(NamedTuple):
    """What to do with a table.

    Attributes:
        mode: what to do.
        is_ours: whether every record says that we made it.
        drops: columns that are no longer wanted and were made by us.
        invalidation: what it does to the rows, as `TargetReconcileOutput.child_invalidation`.
    """

    mode: TableMode
    is_ours: bool
    drops: tuple[str, ...]
    invalidation: Literal["destructive", "lossy"] | None


_INVALIDATION: dict[TableChange, Literal["destructive", "lossy"] | None] = {
    TableChange.NONE: None,
    TableChange.COLUMNS: "lossy",
    TableChange.REBUILD: "destructive",
}


def is_ours(prev: Collection[TableRecordLike]) -> bool:
    """Whether the table, if it is there and is what the records tell of, was made by us, whatever the truth is."""
    return bool(prev) and all(record.managed_by == ManagedBy.SYSTEM for record in prev)


def plan_table(
    record: RecordT,
    prev: Collection[RecordT],
    *,
    change: Callable[[RecordT, RecordT], TableChange],
    mending: TableChange,
    drops: tuple[str, ...],
) -> TablePlan:
    """What to do about a declared table, given what earlier runs may have left of it.

    A table is ours to rebuild, or to drop columns of, only where every record says that we made it.

    Args:
        record: how it should be.
        prev: the records of which one may tell how it is.
        change: what has to change from one record to another.
        mending: what has to change besides, as somebody altered what we made.
        drops: the columns of `prev` that are no longer wanted.
    """
    ours = is_ours(prev)
    largest = max((change(old, record) for old in prev), default=TableChange.NONE)
    if record.managed_by == ManagedBy.USER:
        return TablePlan("check", False, (), _INVALIDATION[largest])
    if ours:
        largest = max(largest, mending)
    mode: TableMode = "rebuild" if ours and largest is TableChange.REBUILD else "make"
    return TablePlan(mode, ours, drops if ours else (), _INVALIDATION[largest])


def check_primary_key(columns: Mapping[str, object], primary_key: object, error: type[CocoIndexError]) -> None:
    """Raise `error` unless `primary_key` is a list of one name or more of these columns, each named once."""
    if isinstance(primary_key, str | Mapping) or not isinstance(primary_key, Collection) or not primary_key:
        raise error(f"primary_key is a list of one column name or more, not {primary_key!r}: rows are told apart by it")
    for name in primary_key:
        if name not in columns:
            known = ", ".join(map(repr, columns))
            raise error(f"the primary key column {name!r} is not among the columns: {known}")
    if len(set(primary_key)) < len(primary_key):
        raise error(f"the primary key names a column twice: {', '.join(map(repr, primary_key))}")

"""The actual state of a table, read from the database.

Layer: connectorkits. Plain data. A connector that needs more data defines its own class with the same attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ._table_mark import Mark

__all__ = ["ActualColumn", "ActualLike", "ActualTable", "Differences"]


class ActualColumn(NamedTuple):
    """A column: its type as the database writes it, and whether it is NOT NULL."""

    type: str
    not_null: bool


class ActualLike(Protocol):
    """The required attributes of an inspected table; see `ActualTable`."""

    @property
    def is_table(self) -> bool: ...
    @property
    def columns(self) -> Mapping[str, Any]: ...
    @property
    def primary_key(self) -> tuple[str, ...]: ...
    @property
    def mark(self) -> Mark | None: ...
    @property
    def identity(self) -> str: ...


@dataclass(frozen=True)
class ActualTable:
    """An existing table, view or similar object.

    Args:
        is_table: True for a table, False for a view or similar.
        columns: the columns by name; names are folded by `Dialect.folded`.
        primary_key: the folded names of the primary key columns, in key order.
        mark: the mark that identifies a table created by CocoIndex; None if the table has none.
        identity: distinguishes the table from a later table of the same name, such as the table's number in the
            database; empty if the database has no such number.
        extras: indexes and triggers that others added, as text, such as `"the index 'by_name'"`.
    """

    is_table: bool
    columns: Mapping[str, ActualColumn]
    primary_key: tuple[str, ...] = ()
    mark: Mark | None = None
    identity: str = ""
    extras: tuple[str, ...] = ()


class Differences(NamedTuple):
    """The differences between a table and its declaration: missing columns by name, all others as text."""

    missing: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def why(self) -> str:
        """All differences as text; empty if there are none."""
        return "; ".join((*self.wrong, *(f"it has no column {name!r}" for name in self.missing)))

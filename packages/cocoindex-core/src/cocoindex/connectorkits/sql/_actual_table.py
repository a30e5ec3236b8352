"""The actual state of a table, read from the database.

Layer: connectorkits. Plain data; a connector that has to know more brings a class of its own with the same attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ._table_mark import Mark

__all__ = ["ActualColumn", "ActualLike", "ActualTable", "Differences"]


class ActualColumn(NamedTuple):
    """A column: its type as the database writes it, and whether it takes no NULL."""

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
    """A table, or a view and the like.

    Args:
        is_table: whether it is a table, and no view.
        columns: by name, folded as `Dialect.folded` does.
        primary_key: the names of its columns, folded too, in its order.
        mark: the one that the table has.
        identity: what tells it from a later table of its name, if the database numbers tables.
        extras: what others put on it (indexes and triggers), in words, such as `"the index 'by_name'"`.
    """

    is_table: bool
    columns: Mapping[str, ActualColumn]
    primary_key: tuple[str, ...] = ()
    mark: Mark | None = None
    identity: str = ""
    extras: tuple[str, ...] = ()


class Differences(NamedTuple):
    """Missing columns of a table, and other differences from its declaration, as text."""

    missing: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def why(self) -> str:
        """All differences as text; empty if there are none."""
        return "; ".join((*self.wrong, *(f"it has no column {name!r}" for name in self.missing)))

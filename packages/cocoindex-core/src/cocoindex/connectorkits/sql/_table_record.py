"""The stored record of a table: enough to detect changes, and to drop it when nothing else is known.

Layer: connectorkits. Plain data, which the engine stores: the names of its fields, and of `ColumnRecord`, stay.
"""

# Annotations are kept as they are, not as text: the store resolves them wherever a class says that it lives.
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..target import ManagedBy
from ._table_schema import TableSchema

__all__ = ["ColumnRecord", "TableRecord", "column_records"]


class ColumnRecord(NamedTuple):
    """A column as the database knows it; primary key columns are never nullable."""

    type: str
    nullable: bool


@dataclass(frozen=True)
class TableRecord:
    """A table: whether it is ours, its columns, its primary key, and what tells it from others of its name.

    A connector that remembers more derives its own, with defaults for what it adds.

    Args:
        managed_by: `SYSTEM` for one that we made, `USER` for one of which only rows are kept.
        columns: by name, in order.
        primary_key: the names of its columns.
        mark: what it is marked with, if we made it.
        identity: what tells it from a later one of its name, if others made it, and from a copy.
    """

    managed_by: ManagedBy
    columns: dict[str, ColumnRecord]
    primary_key: tuple[str, ...]
    mark: str = ""
    identity: str = ""

    @property
    def stored_columns(self) -> tuple[str, ...]:
        """The columns in the order in which rows are written, which the order of a record's fields does not change."""
        return tuple(sorted(self.columns))


def column_records(schema: TableSchema[Any, Any]) -> dict[str, ColumnRecord]:
    """The columns of a table that is as `schema` says."""
    return {
        name: ColumnRecord(column.type.strip(), column.nullable and name not in schema.primary_key)
        for name, column in schema.columns.items()
    }

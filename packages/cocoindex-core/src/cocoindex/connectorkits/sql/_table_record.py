"""The stored record of a table: enough to detect changes, and to drop the table when nothing else is known.

Layer: connectorkits. Plain data, stored by the engine: never rename the fields of these classes.
"""

# No `from __future__ import annotations`: the store could not resolve textual annotations, as `__module__` is changed.
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
    """The stored record of a table. A connector can derive a class; its additional fields need defaults.

    Args:
        managed_by: `SYSTEM` if the framework created the table, `USER` if it only writes rows to it.
        columns: the columns by name, in declared order.
        primary_key: the names of the primary key columns.
        mark: the table's mark, if the framework created the table.
        identity: distinguishes the table from a later table of the same name, and from a copy; empty if unknown.
    """

    managed_by: ManagedBy
    columns: dict[str, ColumnRecord]
    primary_key: tuple[str, ...]
    mark: str = ""
    identity: str = ""

    @property
    def stored_columns(self) -> tuple[str, ...]:
        """The names of the columns in the order of stored values; independent of the order of the declaration."""
        return tuple(sorted(self.columns))


def column_records(schema: TableSchema[Any, Any]) -> dict[str, ColumnRecord]:
    """Return the column records of a table with this schema."""
    return {
        name: ColumnRecord(column.type.strip(), column.nullable and name not in schema.primary_key)
        for name, column in schema.columns.items()
    }

"""What is remembered of a table: enough to see what changed, and to drop it when nothing else is known.

SQLite connector, table layer: plain data, stored by the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cocoindex.connectorkits.target import ManagedBy

from ._table_schema import TableSchema
from ._vec0_table_def import Vec0TableDef

__all__ = ["ColumnRecord", "TableRecord", "Vec0Record", "record_of"]


class ColumnRecord(NamedTuple):
    """A column as the database knows it; primary key columns are never nullable."""

    type: str
    nullable: bool


class Vec0Record(NamedTuple):
    """The roles of a vec0 table's columns."""

    partition_key_columns: tuple[str, ...]
    auxiliary_columns: tuple[str, ...]


@dataclass(frozen=True)
class TableRecord:
    """A table: whether it is ours, its columns, its primary key, and what tells it from others of its name.

    Args:
        managed_by: `SYSTEM` for one that we made, `USER` for one of which only rows are kept.
        columns: by name, in order.
        primary_key: the names of its columns.
        vec0: what makes it a vec0 table, if it is one.
        mark: what it is marked with, if we made it.
        identity: what tells it from a later one of its name, if others made it.
    """

    managed_by: ManagedBy
    columns: dict[str, ColumnRecord]
    primary_key: tuple[str, ...]
    vec0: Vec0Record | None
    mark: str = ""
    identity: str = ""

    @property
    def stored_columns(self) -> tuple[str, ...]:
        """The columns in the order in which rows are written, which the order of a record's fields does not change."""
        return tuple(sorted(self.columns))


def record_of(schema: TableSchema[Any], managed_by: str, vec0: Vec0TableDef | None) -> TableRecord:
    """The record of a table that is as `schema` says."""
    return TableRecord(
        managed_by=ManagedBy(managed_by),
        columns={
            name: ColumnRecord(column.type.strip(), column.nullable and name not in schema.primary_key)
            for name, column in schema.columns.items()
        },
        primary_key=tuple(schema.primary_key),
        vec0=None if vec0 is None else Vec0Record(tuple(vec0.partition_key_columns), tuple(vec0.auxiliary_columns)),
    )

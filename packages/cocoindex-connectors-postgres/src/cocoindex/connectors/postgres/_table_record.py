"""What is remembered of a table: enough to see what changed, and to drop it when nothing else is known.

Postgres connector, table layer: plain data, stored by the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cocoindex.connectorkits.target import ManagedBy

from ._column import ColumnDef
from ._table_schema import TableSchema
from ._type_name import TypeName, read_type

__all__ = ["ColumnRecord", "TableRecord", "record_of"]


class ColumnRecord(NamedTuple):
    """A column as the database knows it; primary key columns are never nullable."""

    type: str
    nullable: bool

    def is_as(self, other: ColumnRecord) -> bool:
        """Whether both name the same type, with the same nullability."""
        return self.nullable == other.nullable and self._values == other._values

    @property
    def _values(self) -> TypeName:
        return read_type(self.type).of_values


@dataclass(frozen=True)
class TableRecord:
    """A table: whether it is ours, its columns in order, its primary key, and what tells it from others of its name.

    Args:
        managed_by: `SYSTEM` for one that we made, `USER` for one of which only rows are kept.
        columns: by name.
        primary_key: the names of its columns.
        mark: what its comment says, if we made it.
        identity: which table it is for the server, if others made it.
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

    @property
    def needs_pgvector(self) -> bool:
        """Whether a column is of a type that the extension brings."""
        return any(read_type(column.type).is_of_pgvector for column in self.columns.values())


def record_of(schema: TableSchema[Any], managed_by: str) -> TableRecord:
    """The record of a table that is as `schema` says."""
    return TableRecord(
        managed_by=ManagedBy(managed_by),
        columns={
            name: ColumnRecord(column.type.strip(), _is_nullable(name, column, schema))
            for name, column in schema.columns.items()
        },
        primary_key=tuple(schema.primary_key),
    )


def _is_nullable(name: str, column: ColumnDef, schema: TableSchema[Any]) -> bool:
    return column.nullable and name not in schema.primary_key and not read_type(column.type).is_serial

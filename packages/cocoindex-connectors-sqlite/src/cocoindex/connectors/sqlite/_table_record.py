"""The stored record of a table: enough to find out what changed, and to drop the table without its definition.

SQLite connector, table layer: plain data, stored by the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cocoindex.connectorkits import sql
from cocoindex.connectorkits.sql import ColumnRecord as ColumnRecord
from cocoindex.connectorkits.target import ManagedBy

from ._vec0_table_def import Vec0TableDef

__all__ = ["ColumnRecord", "TableRecord", "Vec0Record", "record_of"]


class Vec0Record(NamedTuple):
    """The roles of a vec0 table's columns."""

    partition_key_columns: tuple[str, ...]
    auxiliary_columns: tuple[str, ...]


@dataclass(frozen=True)
class TableRecord(sql.TableRecord):
    """The record of a table.

    Args:
        vec0: the roles of its columns if it is a vec0 table, else None.
    """

    vec0: Vec0Record | None = None


def record_of(schema: sql.TableSchema[Any, Any], managed_by: str, vec0: Vec0TableDef | None) -> TableRecord:
    """Return the record of a table with this schema."""
    return TableRecord(
        ManagedBy(managed_by),
        sql.column_records(schema),
        tuple(schema.primary_key),
        vec0=None if vec0 is None else Vec0Record(tuple(vec0.partition_key_columns), tuple(vec0.auxiliary_columns)),
    )

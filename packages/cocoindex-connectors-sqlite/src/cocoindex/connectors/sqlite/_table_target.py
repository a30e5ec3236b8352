"""The API to declare tables and rows.

SQLite connector, top layer.
"""

from __future__ import annotations

from typing import Any, Generic, Literal

import cocoindex as coco
from cocoindex.connectorkits import sql
from cocoindex.connectorkits.target import ManagedBy

from ._connection import ManagedConnection
from ._dialect import DIALECT
from ._table_schema import RowT, TableSchema
from ._vec0_table_def import Vec0TableDef

__all__ = ["TableTarget", "declare_table_target", "mount_table_target", "table_target"]

_tables = sql.Tables(DIALECT, "cocoindex/sqlite/table")


class TableTarget(
    sql.TableTarget[RowT, coco.MaybePendingS], coco.ResolvesTo["TableTarget[RowT]"], Generic[RowT, coco.MaybePendingS]
):
    """A table whose rows are declared; returned by `mount_table_target` and `declare_table_target`.

    Args:
        provider: the target state provider of the rows, as returned by `coco.mount_target(table_target(...))`.
        table_schema: the schema that the table was declared with.
        table_name: the name of the table in messages.
        virtual_table_def: the `Vec0TableDef` that the table was declared with, if any.
    """

    dialect = DIALECT


def table_target(
    db: coco.ContextKey[ManagedConnection],
    table_name: str,
    table_schema: TableSchema[Any],
    *,
    managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
    virtual_table_def: Vec0TableDef | None = None,
    adopt: bool = False,
) -> coco.TargetState[sql.RowHandler]:
    """Return the target state of a table, for `coco.mount_target()`; `mount_table_target` does both.

    Args:
        db: the key of the connection, which the lifespan provides. The key's name identifies the database across runs.
        table_name: the name of the table.
        table_schema: its columns and primary key.
        managed_by: `ManagedBy.SYSTEM` (or `"system"`) creates, alters and drops the table; `ManagedBy.USER` (or
            `"user"`) expects it to exist, and only writes and deletes rows.
        virtual_table_def: makes the table a vec0 virtual table.
        adopt: whether to use an existing table of this name that this app did not create, as with `ManagedBy.USER`.
            Without it such a table is an error. A missing table is created, and later altered and dropped.

    Raises:
        SqliteSchemaError: (a ValueError) the table cannot be created.
        SqliteArgumentError, ContextTypeError: (TypeErrors) an argument, or the value provided for `db`, has the
            wrong type.
    """
    return _tables.target(
        db, table_name, table_schema, managed_by=managed_by, virtual_table_def=virtual_table_def, adopt=adopt
    )


def declare_table_target(
    db: coco.ContextKey[ManagedConnection],
    table_name: str,
    table_schema: TableSchema[RowT],
    *,
    managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
    virtual_table_def: Vec0TableDef | None = None,
    adopt: bool = False,
) -> TableTarget[RowT, coco.PendingS]:
    """Declare a table in the running component; other components declare its rows once it is resolved.

    Arguments and errors are those of `table_target`.
    """
    provider = _tables.declare(
        db, table_name, table_schema, managed_by=managed_by, virtual_table_def=virtual_table_def, adopt=adopt
    )
    return TableTarget(provider, table_schema, table_name=table_name, virtual_table_def=virtual_table_def)


async def mount_table_target(
    db: coco.ContextKey[ManagedConnection],
    table_name: str,
    table_schema: TableSchema[RowT],
    *,
    managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
    virtual_table_def: Vec0TableDef | None = None,
    adopt: bool = False,
) -> TableTarget[RowT]:
    """Create or alter a table as declared, and return it ready for its rows.

    Arguments and errors are those of `table_target`; errors of the database are raised here, too.
    """
    provider = await _tables.mount(
        db, table_name, table_schema, managed_by=managed_by, virtual_table_def=virtual_table_def, adopt=adopt
    )
    return TableTarget(provider, table_schema, table_name=table_name, virtual_table_def=virtual_table_def)

"""What users call to declare tables and rows.

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
    """A table whose rows are declared; made by `mount_table_target` or `declare_table_target`.

    Args:
        provider: of the rows, as `coco.mount_target(table_target(...))` returns it.
        table_schema: the schema that the table was declared with.
        table_name: what to call the table in messages.
        virtual_table_def: the one that the table was declared with, if any.
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
    """The target state of a table, for `coco.mount_target()`; `mount_table_target` does both.

    Args:
        db: the key of the connection, which the lifespan provides. Its name identifies the database across runs.
        table_name: the table.
        table_schema: its columns and primary key.
        managed_by: `ManagedBy.SYSTEM` (or `"system"`) has the table made, altered and dropped; `ManagedBy.USER` (or
            `"user"`) expects it to be there, and writes and deletes rows only.
        virtual_table_def: makes it a vec0 virtual table.
        adopt: whether a table of that name that this app did not make is used, as with `ManagedBy.USER`. Without it
            such a table is an error. One that is not there is made, and then altered and dropped.

    Raises:
        SqliteSchemaError: (a ValueError) no such table can be made.
        SqliteArgumentError, ContextTypeError: (TypeErrors) an argument, or what is provided for `db`, is of the wrong
            kind.
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
    """Declare a table in the component that runs; its rows are declared by others, once it is resolved.

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
    """Have a table made or brought into shape, and return it ready for its rows.

    Arguments and errors are those of `table_target`; what goes wrong in the database is raised here too.
    """
    provider = await _tables.mount(
        db, table_name, table_schema, managed_by=managed_by, virtual_table_def=virtual_table_def, adopt=adopt
    )
    return TableTarget(provider, table_schema, table_name=table_name, virtual_table_def=virtual_table_def)

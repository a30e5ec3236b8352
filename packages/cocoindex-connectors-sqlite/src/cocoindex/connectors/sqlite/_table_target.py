"""What users call to declare tables and rows.

SQLite connector, top layer.
"""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from typing import Any, Generic, Literal

import cocoindex as coco
from cocoindex.connectorkits import shown, sql
from cocoindex.connectorkits.table_plan import new_mark
from cocoindex.connectorkits.target import ManagedBy
from cocoindex.errors import ContextTypeError, NoComponentError

from ._connection import ManagedConnection
from ._database_identity import schema_version
from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._inspect_table import check_definition, inspect_table
from ._row_encoder import RowEncoder
from ._table_handler import TableHandler, TableState, table_key
from ._table_record import record_of
from ._table_schema import RowT, TableSchema
from ._vec0_table_def import Vec0TableDef, check_vec0
from .errors import SqliteArgumentError, SqliteSchemaError

__all__ = ["TableTarget", "declare_table_target", "mount_table_target", "table_target"]

_tables = coco.register_root_target_states_provider("cocoindex/sqlite/table", TableHandler())


class TableTarget(coco.ResolvesTo["TableTarget[RowT]"], Generic[RowT, coco.MaybePendingS]):
    """A table whose rows are declared; made by `mount_table_target` or `declare_table_target`.

    Args:
        provider: of the rows, as `coco.mount_target(table_target(...))` returns it.
        table_schema: the schema that the table was declared with.
        table_name: what to call the table in messages.
        virtual_table_def: the one that the table was declared with, if any.
    """

    __slots__ = ("_encoder", "_provider")

    def __init__(
        self,
        provider: coco.TargetStateProvider[sql.EncodedRow, None, coco.MaybePendingS],
        table_schema: TableSchema[RowT],
        *,
        table_name: str = "",
        virtual_table_def: Vec0TableDef | None = None,
    ) -> None:
        if not isinstance(provider, coco.TargetStateProvider):
            raise SqliteArgumentError(
                f"a TableTarget is made of what `await coco.mount_target(sqlite.table_target(...))` gives, not of "
                f"{shown(provider)}"
            )
        _check_schema(table_name, table_schema)
        self._provider: coco.TargetStateProvider[sql.EncodedRow, None, coco.MaybePendingS] = provider
        self._encoder = RowEncoder(table_name, table_schema, record_of(table_schema, "system", virtual_table_def))

    def declare_row(self: TableTarget[RowT], *, row: RowT) -> None:
        """Declare that the table holds `row`; it is deleted when a later run no longer declares it.

        Args:
            row: a dict, dataclass, NamedTuple, msgspec Struct or pydantic model with the table's columns. A dict may
                leave out nullable columns other than those of the primary key, which then hold NULL.

        Raises:
            SqliteRowError: (a ValueError) the row cannot be stored; the message names table, column and key.
        """
        key, value = self._encoder.encode(row)
        coco.declare_target_state(self._provider.target_state(key, value))

    def __coco_memo_key__(self) -> object:
        return self._provider.memo_key, self._encoder.memo_key


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
    _check(db, table_name, table_schema, virtual_table_def)
    state = _state(table_name, table_schema, managed_by, virtual_table_def, adopt)
    connection = _connection(db)
    if connection is not None:
        state = _look(connection, state)
    return _tables.target_state(table_key(db.key, table_name), state)


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
    target = table_target(
        db, table_name, table_schema, managed_by=managed_by, virtual_table_def=virtual_table_def, adopt=adopt
    )
    provider = coco.declare_target_state_with_child(target)
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
    target = await asyncio.to_thread(  # it looks into the database
        table_target,
        db,
        table_name,
        table_schema,
        managed_by=managed_by,
        virtual_table_def=virtual_table_def,
        adopt=adopt,
    )
    provider = await coco.mount_target(target)
    return TableTarget(provider, table_schema, table_name=table_name, virtual_table_def=virtual_table_def)


def _check(db: object, name: object, schema: object, vec0: object) -> None:
    if not isinstance(name, str):
        raise SqliteArgumentError(f"the name of a table is a str, not {shown(name)}")
    if not isinstance(db, coco.ContextKey):
        raise SqliteArgumentError(
            f"the database of the table {name!r} is given by the coco.ContextKey of its connection, not by {shown(db)}"
        )
    _check_schema(name, schema)
    if vec0 is not None and not isinstance(vec0, Vec0TableDef):
        raise SqliteArgumentError(
            f"virtual_table_def= of the table {name!r} is a sqlite.Vec0TableDef, not {shown(vec0)}"
        )


def _check_schema(name: str, schema: object) -> None:
    if isinstance(schema, TableSchema):
        return
    if inspect.iscoroutine(schema):
        schema.close()
    raise SqliteArgumentError(
        f"the schema of the table {name!r} is a sqlite.TableSchema, or what `await sqlite.TableSchema.from_class(...)` "
        f"gives, not {shown(schema)}"
    )


def _state(
    name: str, schema: TableSchema[Any], managed_by: str, vec0: Vec0TableDef | None, adopt: object
) -> TableState:
    if managed_by not in ("system", "user"):
        raise SqliteSchemaError(f"the table {name!r} is managed by 'system' or 'user', not by {shown(managed_by)}")
    if not isinstance(adopt, bool):
        raise SqliteArgumentError(f"adopt= of the table {name!r} is True or False, not {shown(adopt)}")
    if vec0 is not None:
        check_vec0(name, schema, vec0)
    record = replace(record_of(schema, managed_by, vec0), mark=new_mark())
    check_definition(name, record)
    return TableState(name, record, adopt)


def _connection(db: coco.ContextKey[ManagedConnection]) -> ManagedConnection | None:
    try:
        connection: object = coco.use_context(db)
    except NoComponentError:
        return None  # a target state may be made ahead of the component that mounts it
    if not isinstance(connection, ManagedConnection):
        raise ContextTypeError(
            f"the value of the context key {db.key!r} is a {type(connection).__qualname__}; provide what "
            "sqlite.connect() makes, or call builder.provide_with(key, sqlite.managed_connection(...)) in the lifespan"
        )
    return connection


def _look(connection: ManagedConnection, state: TableState) -> TableState:
    try:
        with connection.readonly() as reader:
            seen = inspect_table(reader, state.name)
            version = schema_version(connection, reader)
        return replace(state, was_seen=True, seen=seen, schema_version=version)
    except sqlite3.Error as error:
        raise describe_failure(error, connection.database, f"looking at the table {state.name!r}") from error

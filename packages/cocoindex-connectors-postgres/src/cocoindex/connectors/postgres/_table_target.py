"""What users call to declare tables, rows and what hangs on a table.

Postgres connector, top layer.
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any, Generic, Literal

import psycopg

import cocoindex as coco
from cocoindex.connectorkits import shown, sql
from cocoindex.connectorkits.table_plan import new_mark
from cocoindex.connectorkits.target import ManagedBy

from ._cursor import Connection
from ._database_identity import learn_identity
from ._driver_errors import describe_unless_passing
from ._extension import ensure_pgvector
from ._identifier import TableName, check_name
from ._inspect_table import inspect_table
from ._pool import Pool, check_pool, in_transaction
from ._row_encoder import RowEncoder
from ._sql_command import command_record
from ._table_handler import TableHandler, TableState
from ._table_record import needs_pgvector, record_of
from ._table_schema import RowT, TableSchema
from ._vector_index import Method, Metric, index_key, index_record
from .errors import PostgresArgumentError, PostgresSchemaError

__all__ = ["TableTarget", "declare_table_target", "mount_table_target", "table_target"]

_tables = coco.register_root_target_states_provider("cocoindex/postgres/table", TableHandler())


class TableTarget(coco.ResolvesTo["TableTarget[RowT]"], Generic[RowT, coco.MaybePendingS]):
    """A table whose rows are declared; made by `mount_table_target` or `declare_table_target`.

    Args:
        provider: of the rows, as `coco.mount_target(table_target(...))` returns it.
        table_schema: the schema that the table was declared with.
        table_name: what to call the table in messages.
    """

    __slots__ = ("_encoder", "_name", "_provider", "_schema")

    def __init__(
        self,
        provider: coco.TargetStateProvider[sql.EncodedRow, None, coco.MaybePendingS],
        table_schema: TableSchema[RowT],
        *,
        table_name: str = "",
    ) -> None:
        if not isinstance(provider, coco.TargetStateProvider):
            raise PostgresArgumentError(
                "a TableTarget is made of what `await coco.mount_target(postgres.table_target(...))` gives, not of "
                f"{shown(provider)}"
            )
        _check_schema(table_name, table_schema)
        self._provider: coco.TargetStateProvider[sql.EncodedRow, None, coco.MaybePendingS] = provider
        self._schema = table_schema
        self._name = table_name
        self._encoder = RowEncoder(table_name, table_schema, record_of(table_schema, "system"))

    def declare_row(self: TableTarget[RowT], *, row: RowT) -> None:
        """Declare that the table holds `row`; it is deleted when a later run no longer declares it.

        Args:
            row: a dict, dataclass, NamedTuple, msgspec Struct or pydantic model with the table's columns. A dict may
                leave out nullable columns other than those of the primary key, which then hold NULL.

        Raises:
            PostgresRowError: (a ValueError) the row cannot be stored; the message names table, column and key.
        """
        key, value = self._encoder.encode(row)
        coco.declare_target_state(self._provider.target_state(key, value))

    def declare_vector_index(
        self: TableTarget[RowT],
        *,
        name: str | None = None,
        column: str,
        metric: Metric = "cosine",
        method: Method = "ivfflat",
        lists: int | None = None,
        m: int | None = None,
        ef_construction: int | None = None,
    ) -> None:
        """Declare a pgvector index, in PostgreSQL called `{table_name}__vector__{name}`; past 63 bytes, shortened.

        It is made once the rows are written that come with it, made anew when this changes, or when it is gone, and
        dropped when it is no longer declared.

        Args:
            name: tells the indexes of a table apart; by default the name of the column.
            column: a column of the type `vector(n)` or `halfvec(n)`.
            metric: the distance: `"cosine"`, `"l2"` (Euclidean) or `"ip"` (inner product).
            method: the kind of index.
            lists: number of lists, for ivfflat.
            m: most connections of a node in a layer, for hnsw.
            ef_construction: size of the list of candidates while it is built, for hnsw.

        Raises:
            PostgresSchemaError: (a ValueError) pgvector can make no such index.
        """
        options = {"lists": lists, "m": m, "ef_construction": ef_construction}
        record = index_record(self._schema, self._name, column, metric, method, options)
        key = index_key(self._name, column if name is None else name)
        coco.declare_target_state(self._provider.attachment("vector_index").target_state(key, record))

    def declare_sql_command_attachment(
        self: TableTarget[RowT], *, name: str, setup_sql: str, teardown_sql: str | None = None
    ) -> None:
        """Declare a SQL command that belongs to the table: an index, a trigger, a grant.

        It is run once the rows are written that come with it, and again when `setup_sql` changes, or when the table is
        made anew. It runs outside a transaction, and again after an interruption.

        Args:
            name: identifies the command across runs.
            setup_sql: run when the command is new or changed.
            teardown_sql: run when the command is no longer declared, and before a changed `setup_sql`.

        Raises:
            PostgresSchemaError: (a ValueError) the name or the SQL is empty or no str.
        """
        record = command_record(self._name, name, setup_sql, teardown_sql)
        coco.declare_target_state(self._provider.attachment("sql_command").target_state(name, record))

    def __coco_memo_key__(self) -> object:
        return self._provider.memo_key, self._encoder.memo_key


def table_target(
    db: coco.ContextKey[Pool],
    table_name: str,
    table_schema: TableSchema[Any],
    *,
    pg_schema_name: str | None = None,
    managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
    adopt: bool = False,
) -> coco.TargetState[sql.RowHandler]:
    """The target state of a table, for `coco.mount_target()`; `mount_table_target` does both.

    Args:
        db: the key of a `psycopg_pool.AsyncConnectionPool`, which the lifespan provides. Its name identifies the
            database across runs.
        table_name: the table.
        table_schema: its columns and primary key.
        pg_schema_name: the schema in which it is, `public` by default; created where it is missing.
        managed_by: `ManagedBy.SYSTEM` (or `"system"`) has the table made, altered and dropped; `ManagedBy.USER` (or
            `"user"`) expects it to be there, and writes and deletes rows only.
        adopt: whether a table of that name that this app did not make is used, as with `ManagedBy.USER`. Without it
            such a table is an error. One that is not there is made, and then altered and dropped.

    Raises:
        PostgresSchemaError: (a ValueError) no such table can be made.
        PostgresArgumentError: (a TypeError) `db` is no `ContextKey`, or `table_schema` no schema.
    """
    state = _state(db, table_name, table_schema, pg_schema_name, managed_by, adopt)
    return _target(db, state)


def declare_table_target(
    db: coco.ContextKey[Pool],
    table_name: str,
    table_schema: TableSchema[RowT],
    *,
    pg_schema_name: str | None = None,
    managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
    adopt: bool = False,
) -> TableTarget[RowT, coco.PendingS]:
    """Declare a table in the component that runs; its rows are declared by others, once it is resolved.

    Arguments and errors are those of `table_target`. A table that somebody dropped or altered is an error here, where
    `mount_table_target` mends it.
    """
    target = table_target(
        db, table_name, table_schema, pg_schema_name=pg_schema_name, managed_by=managed_by, adopt=adopt
    )
    provider = coco.declare_target_state_with_child(target)
    return TableTarget(provider, table_schema, table_name=table_name)


async def mount_table_target(
    db: coco.ContextKey[Pool],
    table_name: str,
    table_schema: TableSchema[RowT],
    *,
    pg_schema_name: str | None = None,
    managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
    adopt: bool = False,
) -> TableTarget[RowT]:
    """Have a table made or brought into shape, and return it ready for its rows.

    Arguments and errors are those of `table_target`; what goes wrong in the database is raised here too.
    """
    state = _state(db, table_name, table_schema, pg_schema_name, managed_by, adopt)
    pool = check_pool(coco.use_context(db), f"the value of the context key {db.key!r}")
    provider = await coco.mount_target(_target(db, await _look(pool, state)))
    return TableTarget(provider, table_schema, table_name=table_name)


def _target(db: coco.ContextKey[Pool], state: TableState) -> coco.TargetState[sql.RowHandler]:
    return _tables.target_state((db.key, *state.name), state)


def _check_schema(table: str, schema: object) -> None:
    if isinstance(schema, TableSchema):
        return
    if inspect.iscoroutine(schema):
        schema.close()
    raise PostgresArgumentError(
        f"the schema of the table {table!r} is a postgres.TableSchema, or what "
        f"`await postgres.TableSchema.from_class(...)` gives, not {shown(schema)}"
    )


def _state(
    db: object, table: str, schema: TableSchema[Any], pg_schema_name: str | None, managed_by: str, adopt: object
) -> TableState:
    if not isinstance(db, coco.ContextKey):
        raise PostgresArgumentError(
            f"the database of the table {table!r} is given by the coco.ContextKey of its pool, not by {shown(db)}"
        )
    _check_schema(table, schema)
    if managed_by not in ("system", "user"):
        raise PostgresSchemaError(f"the table {table!r} is managed by 'system' or 'user', not by {shown(managed_by)}")
    if not isinstance(adopt, bool):
        raise PostgresArgumentError(f"adopt= of the table {table!r} is True or False, not {shown(adopt)}")
    check_name("table", table)
    check_name("schema", "public" if pg_schema_name is None else pg_schema_name)
    record = replace(record_of(schema, managed_by), mark=new_mark())
    return TableState(TableName(pg_schema_name or "public", table), record, adopt)


async def _look(pool: Pool, state: TableState) -> TableState:
    what = f"looking at the table {state.name}"

    async def work(connection: Connection) -> TableState:
        try:
            if needs_pgvector(state.record) and state.record.managed_by == ManagedBy.SYSTEM:
                await ensure_pgvector(connection, str(state.name))
            seen = await inspect_table(connection, state.name, state.record)
            database = await learn_identity(pool, connection)
        except psycopg.Error as error:
            raise describe_unless_passing(error, what) from error
        return replace(state, was_seen=True, seen=seen, schema_version=database)

    return await in_transaction(pool, what, work)

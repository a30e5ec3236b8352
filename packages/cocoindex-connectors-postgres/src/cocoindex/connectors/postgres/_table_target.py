"""The API to declare tables, rows, and attachments of a table.

Postgres connector, top layer.
"""

from __future__ import annotations

from typing import Any, Generic, Literal

import cocoindex as coco
from cocoindex.connectorkits import sql
from cocoindex.connectorkits.target import ManagedBy

from ._dialect import DIALECT
from ._pool import Pool
from ._table_schema import RowT, TableSchema
from ._vector_index import Method, Metric, index_record

__all__ = ["TableTarget", "declare_table_target", "mount_table_target", "table_target"]

_tables = sql.Tables(DIALECT, "cocoindex/postgres/table")


class TableTarget(
    sql.TableTarget[RowT, coco.MaybePendingS], coco.ResolvesTo["TableTarget[RowT]"], Generic[RowT, coco.MaybePendingS]
):
    """A table whose rows are declared; returned by `mount_table_target` and `declare_table_target`.

    Args:
        provider: the target state provider of the rows, as returned by `coco.mount_target(table_target(...))`.
        table_schema: the schema that the table was declared with.
        table_name: the name of the table in messages.
    """

    dialect = DIALECT

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
        """Declare a pgvector index, called `{table_name}__vector__{name}` in PostgreSQL (shortened beyond 63 bytes).

        It is created after the rows of the same update are written. It is created again if its declaration changes, or
        if somebody dropped it, and dropped when it is no longer declared.

        Args:
            name: distinguishes the indexes of a table; by default the name of the column.
            column: a column of the type `vector(n)` or `halfvec(n)`.
            metric: the distance: `"cosine"`, `"l2"` (Euclidean) or `"ip"` (inner product).
            method: the kind of index.
            lists: number of lists, for ivfflat.
            m: maximum number of connections of a node in a layer, for hnsw.
            ef_construction: size of the candidate list while the index is built, for hnsw.

        Raises:
            PostgresSchemaError: (a ValueError) pgvector does not support such an index.
        """
        options = {"lists": lists, "m": m, "ef_construction": ef_construction}
        record = index_record(self._schema, self._name, column, metric, method, options)
        key = sql.index_key(DIALECT, self._name, column if name is None else name)
        coco.declare_target_state(self._provider.attachment("vector_index").target_state(key, record))

    def declare_sql_command_attachment(
        self: TableTarget[RowT], *, name: str, setup_sql: str, teardown_sql: str | None = None
    ) -> None:
        """Declare a SQL command that belongs to the table: an index, a trigger, a grant.

        It runs after the rows of the same update are written, and again when `setup_sql` changes, or when the table is
        recreated. It runs outside a transaction, and again after an interruption.

        Args:
            name: identifies the command across runs.
            setup_sql: runs when the command is new or changed.
            teardown_sql: runs when the command is no longer declared, and before a changed `setup_sql`.

        Raises:
            PostgresSchemaError: (a ValueError) the name or the SQL is empty or not a str.
        """
        record = sql.command_record(DIALECT, self._name, name, setup_sql, teardown_sql)
        coco.declare_target_state(self._provider.attachment("sql_command").target_state(name, record))


def table_target(
    db: coco.ContextKey[Pool],
    table_name: str,
    table_schema: TableSchema[Any],
    *,
    pg_schema_name: str | None = None,
    managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
    adopt: bool = False,
) -> coco.TargetState[sql.RowHandler]:
    """Return the target state of a table, for `coco.mount_target()`; `mount_table_target` does both.

    Args:
        db: the key of a `psycopg_pool.AsyncConnectionPool`, which the lifespan provides. The key's name identifies the
            database across runs.
        table_name: the name of the table.
        table_schema: its columns and primary key.
        pg_schema_name: the schema that contains the table, `public` by default; created if it is missing.
        managed_by: `ManagedBy.SYSTEM` (or `"system"`) creates, alters and drops the table; `ManagedBy.USER` (or
            `"user"`) expects it to exist, and only writes and deletes rows.
        adopt: whether to use an existing table of this name that this app did not create, as with `ManagedBy.USER`.
            Without it such a table is an error. A missing table is created, and later altered and dropped.

    Raises:
        PostgresSchemaError: (a ValueError) the table cannot be created.
        PostgresArgumentError: (a TypeError) `db` is not a `ContextKey`, or `table_schema` is not a schema.
    """
    return _tables.target(
        db, table_name, table_schema, pg_schema_name=pg_schema_name, managed_by=managed_by, adopt=adopt
    )


def declare_table_target(
    db: coco.ContextKey[Pool],
    table_name: str,
    table_schema: TableSchema[RowT],
    *,
    pg_schema_name: str | None = None,
    managed_by: ManagedBy | Literal["system", "user"] = ManagedBy.SYSTEM,
    adopt: bool = False,
) -> TableTarget[RowT, coco.PendingS]:
    """Declare a table in the running component; other components declare its rows once it is resolved.

    Arguments and errors are those of `table_target`. A table that was dropped or altered by others is an error here;
    `mount_table_target` repairs it.
    """
    provider = _tables.declare(
        db, table_name, table_schema, pg_schema_name=pg_schema_name, managed_by=managed_by, adopt=adopt
    )
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
    """Create or alter a table as declared, and return it ready for its rows.

    Arguments and errors are those of `table_target`; errors of the database are raised here, too.
    """
    provider = await _tables.mount(
        db, table_name, table_schema, pg_schema_name=pg_schema_name, managed_by=managed_by, adopt=adopt
    )
    return TableTarget(provider, table_schema, table_name=table_name)

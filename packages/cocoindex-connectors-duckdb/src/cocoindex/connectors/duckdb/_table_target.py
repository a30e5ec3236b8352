"""The API to declare tables, rows and vector indexes.

DuckDB connector, top layer.
"""

from __future__ import annotations

from typing import Any, Generic, TypeAlias, Unpack

import cocoindex as coco
from cocoindex.connectorkits import sql

from ._connection import ManagedConnection
from ._dialect import DIALECT
from ._types import RowT, TableSchema
from ._vss import Metric, index_record

__all__ = ["TableTarget", "declare_table_target", "mount_table_target", "table_target"]

ConnectionKey: TypeAlias = coco.ContextKey[ManagedConnection]
"""The key of the connection, which the lifespan provides. The key's name identifies the database across runs."""

_tables = sql.Tables(DIALECT, "cocoindex/duckdb/table")


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
        column: str,
        name: str | None = None,
        metric: Metric = "cosine",
        m: int | None = None,
        ef_construction: int | None = None,
    ) -> None:
        """Declare an HNSW index of DuckDB's extension vss, called `{table_name}__vector__{name}` in DuckDB.

        It is created after the rows of the same update are written. It is created again if its declaration changes, or
        if somebody dropped it, and dropped when it is no longer declared.

        Args:
            column: a column of the type `FLOAT[n]`.
            name: distinguishes the indexes of a table; by default the name of the column.
            metric: the distance: `"cosine"`, `"l2"` (Euclidean) or `"ip"` (inner product).
            m: maximum number of links of a node.
            ef_construction: size of the candidate list while the index is built.

        Raises:
            SqlSchemaError: (a ValueError) DuckDB does not support such an index.
        """
        record = index_record(self._schema, self._name, column, metric, {"m": m, "ef_construction": ef_construction})
        key = sql.index_key(DIALECT, self._name, column if name is None else name)
        coco.declare_target_state(self._provider.attachment("vector_index").target_state(key, record))


def table_target(
    db: ConnectionKey, table_name: str, table_schema: TableSchema[Any], **options: Unpack[sql.TableOptions]
) -> coco.TargetState[sql.RowHandler]:
    """Return the target state of a table, for `coco.mount_target()`; `mount_table_target` does both.

    Args:
        db: the key of the connection, which the lifespan provides. The key's name identifies the database across runs.
        table_name: the name of the table, in the schema `main`.
        table_schema: its columns and primary key.
        options: `managed_by`: `ManagedBy.SYSTEM` (or `"system"`, the default) creates, alters and drops the table;
            `ManagedBy.USER` (or `"user"`) expects it to exist, and only writes and deletes rows.
            `adopt`: whether to use an existing table of this name that this app did not create, as with
            `ManagedBy.USER`. Without it such a table is an error. A missing table is created, and later altered and
            dropped.

    Raises:
        SqlSchemaError: (a ValueError) the table cannot be created.
        SqlArgumentError, ContextTypeError: (TypeErrors) an argument, or the value provided for `db`, has the
            wrong type.
    """
    return _tables.target(db, table_name, table_schema, **options)


def declare_table_target(
    db: ConnectionKey, table_name: str, table_schema: TableSchema[RowT], **options: Unpack[sql.TableOptions]
) -> TableTarget[RowT, coco.PendingS]:
    """Declare a table in the running component; other components declare its rows once it is resolved.

    Arguments and errors are those of `table_target`.
    """
    return TableTarget(_tables.declare(db, table_name, table_schema, **options), table_schema, table_name=table_name)


async def mount_table_target(
    db: ConnectionKey, table_name: str, table_schema: TableSchema[RowT], **options: Unpack[sql.TableOptions]
) -> TableTarget[RowT]:
    """Create or alter a table as declared, and return it ready for its rows.

    Arguments and errors are those of `table_target`; errors of the database are raised here, too.
    """
    provider = await _tables.mount(db, table_name, table_schema, **options)
    return TableTarget(provider, table_schema, table_name=table_name)

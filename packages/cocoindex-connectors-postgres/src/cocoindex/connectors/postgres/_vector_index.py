"""pgvector indexes as target states: their definition, and making, remaking and dropping them.

Postgres connector, attachment layer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, NamedTuple, cast, get_args

import psycopg
from psycopg import sql

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.connectorkits import sql as sql_kit

from ._cursor import Connection, execute
from ._driver_errors import describe_failure, is_passing
from ._identifier import TableName, shortened
from ._pool import Pool, in_transaction
from ._table_mark import mark_object
from ._type_name import read_type
from .errors import PostgresAttachmentError, PostgresSchemaError

__all__ = ["IndexAction", "IndexHandler", "IndexRecord", "Method", "Metric", "index_key", "index_record"]

Metric = Literal["cosine", "l2", "ip"]
Method = Literal["ivfflat", "hnsw"]

# Each method's options with the least and the most that pgvector takes, and the most elements that it can index.
_OPTIONS: dict[str, dict[str, tuple[int, int]]] = {
    "ivfflat": {"lists": (1, 32768)},
    "hnsw": {"m": (2, 100), "ef_construction": (4, 1000)},
}
_MOST_ELEMENTS = {"vector": 2000, "halfvec": 4000}


class IndexRecord(NamedTuple):
    """An index: its column, the operator class that stands for metric and type, the method and its options."""

    column: str
    operators: str
    method: str
    options: dict[str, int]


def index_record(
    schema: sql_kit.TableSchema[Any, Any],
    table: str,
    column: str,
    metric: str,
    method: str,
    options: dict[str, int | None],
) -> IndexRecord:
    """The record of an index that is declared so.

    Raises:
        PostgresSchemaError: pgvector can make no such index.
    """
    where = f"the vector index on the column {column!r} of the table {table!r}"
    if column not in schema.columns:
        raise PostgresSchemaError(f"{where}: there is no such column, only {', '.join(map(repr, schema.columns))}")
    vectors = read_type(schema.columns[column].type)
    if not vectors.is_vector:
        raise PostgresSchemaError(
            f"{where}: its type is {schema.columns[column].type}, and only vector and halfvec are indexed"
        )
    if metric not in get_args(Metric) or method not in get_args(Method):
        raise PostgresSchemaError(
            f"{where}: the metric is one of {get_args(Metric)}, the method one of {get_args(Method)}, and {metric!r} "
            f"with {method!r} was asked for"
        )
    _check_size(where, vectors.base, vectors.vector_size)
    given = {name: value for name, value in options.items() if value is not None}
    _check_options(where, method, given)
    return IndexRecord(column, f"{vectors.base}_{metric}_ops", method, given)


def _check_size(where: str, kind: str, size: int | None) -> None:
    most = _MOST_ELEMENTS[kind]
    if size is None:
        raise PostgresSchemaError(f"{where}: the column has to say how many elements it has, as in {kind}(384)")
    if size > most:
        advice = "; half precision goes up to 4000: give the column the type halfvec" if kind == "vector" else ""
        raise PostgresSchemaError(f"{where}: it has {size} elements, and pgvector indexes up to {most}{advice}")


def _check_options(where: str, method: str, given: dict[str, int]) -> None:
    for name, value in given.items():
        if name not in _OPTIONS[method]:
            raise PostgresSchemaError(
                f"{where}: {name} is no option of {method}; leave it out, or choose another method"
            )
        least, most = _OPTIONS[method][name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise PostgresSchemaError(f"{where}: {name} is an int from {least} to {most}, not {shown(value)}")
    if given.get("ef_construction", 64) < 2 * given.get("m", 16):
        raise PostgresSchemaError(f"{where}: ef_construction (64 where none is given) is at least twice m (16)")


class IndexAction(NamedTuple):
    """What to do about one index: have it there, made anew or not, or drop it where there is no record."""

    table: TableName
    name: str
    record: IndexRecord | None
    anew: bool

    @property
    def removes(self) -> bool:
        """Whether it is dropped."""
        return self.record is None

    async def apply(self, pool: Pool) -> None:
        """Do it, in a transaction of its own.

        Raises:
            PostgresAttachmentError: the database refuses it.
        """
        what = f"{'making' if self.record else 'dropping'} the vector index {self.name!r} of the table {self.table}"
        await in_transaction(pool, what, lambda connection: self._work(connection, what))

    async def _work(self, connection: Connection, what: str) -> None:
        try:
            if self.record is None or self.anew:
                await execute(connection, sql.SQL("DROP INDEX IF EXISTS {}").format(self.table.beside(self.name)))
            if self.record is not None and (self.anew or not await self._is_there(connection)):
                await execute(connection, self._create(self.record))
                index = sql.SQL("INDEX {}").format(self.table.beside(self.name))
                await execute(connection, mark_object(index, "a vector index that was declared."))
        except psycopg.Error as error:
            if is_passing(error):
                raise
            raise PostgresAttachmentError(str(describe_failure(error, what))) from error

    async def _is_there(self, connection: Connection) -> bool:
        query = "SELECT 1 FROM pg_catalog.pg_indexes WHERE schemaname = $1 AND tablename = $2 AND indexname = $3"
        return bool(await execute(connection, query, (self.table.schema, self.table.table, self.name)))

    def _create(self, record: IndexRecord) -> sql.Composed:
        options = [
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
            for name, value in record.options.items()
        ]
        return sql.SQL("CREATE INDEX {} ON {} USING {} ({} {}){}").format(
            sql.Identifier(self.name),
            self.table.identifier,
            sql.Identifier(record.method),
            sql.Identifier(record.column),
            sql.Identifier(record.operators),
            sql.SQL(" WITH ({})").format(sql.SQL(", ").join(options)) if options else sql.SQL(""),
        )


class IndexHandler:
    """Reconciles the vector indexes of one table. It gives an action in every run, so that a lost index is remade."""

    def __init__(self, table: TableName, sink: coco.TargetActionSink[Any]) -> None:
        self._table = table
        self._sink = sink

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: IndexRecord | coco.NonExistenceType,
        prev_possible_records: Collection[IndexRecord],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[IndexAction, IndexRecord] | None:
        """An index made anew where its definition changed, dropped where it is no longer declared."""
        name = shortened(f"{self._table.table}__vector__{cast('str', key)}")
        if coco.is_non_existence(desired_target_state):
            action = IndexAction(self._table, name, None, False)
            return coco.TargetReconcileOutput(action, self._sink, coco.NON_EXISTENCE)
        anew = any(record != desired_target_state for record in prev_possible_records)
        action = IndexAction(self._table, name, desired_target_state, anew)
        return coco.TargetReconcileOutput(action, self._sink, desired_target_state)


def index_key(table: str, name: object) -> str:
    """The key of the index of that logical name; a long one is shortened where the database sees it."""
    if isinstance(name, str) and name and "\0" not in name:
        return name
    raise PostgresSchemaError(
        f"the name of a vector index of the table {table!r} is a str that is neither empty nor holds NUL, not "
        f"{shown(name)}"
    )

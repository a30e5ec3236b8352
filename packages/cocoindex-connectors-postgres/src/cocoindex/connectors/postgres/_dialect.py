"""The dialect of PostgreSQL: how to inspect, create and alter its tables.

Postgres connector, table layer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, TypeVar

import psycopg
from psycopg import errors

import cocoindex as coco
from cocoindex.connectorkits import sql
from cocoindex.connectorkits.target import ManagedBy

from ._cursor import Connection, execute
from ._database_identity import known_identity, learn_identity
from ._driver_errors import describe_failure, describe_unless_passing, is_of_a_row
from ._extension import ensure_pgvector
from ._foreign_objects import foreign_objects
from ._grants import grant_again, grants_on
from ._identifier import TableName, check_name, shortened
from ._inspect_table import ActualColumn, ActualTable, fits, inspect_table, unfit_keys, unwritable
from ._kept_settings import set_again, settings_of
from ._pool import Pool, check_pool, in_transaction
from ._row_encoder import RowEncoder
from ._shaping_lock import lock_shaping
from ._sql_command import run_command
from ._table_mark import mark_object
from ._table_record import ColumnRecord, TableRecord, needs_pgvector, record_of
from ._type_name import collation_of, read_type
from ._types import TYPES
from ._vector_index import create_index
from ._write_rows import TableWriter

__all__ = ["DIALECT", "PostgresDialect"]

T = TypeVar("T")


class PostgresDialect(sql.Dialect[Pool, Connection, TableName, TableRecord, ActualTable]):
    """PostgreSQL, with pgvector."""

    name = "postgres"
    types = TYPES
    driver_error = psycopg.Error
    provided = "pool"
    has_savepoints = True

    def database(self, value: object, where: str) -> Pool:
        return check_pool(value, where)

    async def transact(self, db: Pool, what: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await in_transaction(db, what, work)

    async def execute(
        self, session: Connection, statement: str, parameters: Sequence[Any] = (), /
    ) -> list[tuple[Any, ...]]:
        return await execute(session, statement, parameters or None)

    def identity(self, db: Pool) -> str | None:
        return known_identity(db)

    async def version(self, db: Pool, session: Connection) -> str:
        return await learn_identity(db, session)

    def explain(self, error: Exception, db: Pool, what: str) -> Exception:
        return describe_unless_passing(error, what)

    def key_of_table(self, name: TableName) -> tuple[str, ...]:
        return name

    def table_of_key(self, key: tuple[str, ...]) -> TableName:
        return TableName(*key)

    def shown(self, name: TableName) -> str:
        return str(name)

    def identifier(self, name: TableName) -> str:
        return name.quoted

    def table_name(self, table_name: str, *, pg_schema_name: str | None = None, **options: Any) -> TableName:
        return TableName("public" if pg_schema_name is None else pg_schema_name, table_name)

    def check_options(self, table_name: str, schema: sql.TableSchema[Any, Any], **options: Any) -> None:
        check_name("table", table_name)
        check_name("schema", self.table_name(table_name, **options).schema)

    async def prepare(self, session: Connection, name: TableName, record: TableRecord, /) -> None:
        if needs_pgvector(record) and record.managed_by == ManagedBy.SYSTEM:
            await ensure_pgvector(session, str(name))

    async def lock(self, session: Connection) -> None:
        await lock_shaping(session)

    async def inspect(self, session: Connection, name: TableName, record: TableRecord, /) -> ActualTable | None:
        return await inspect_table(session, name, record)

    def same_type(self, one: str, other: str) -> bool:
        return read_type(one).of_values == read_type(other).of_values and collation_of(one) == collation_of(other)

    def is_as_declared(self, found: ActualColumn, declared: ColumnRecord) -> bool:
        return found.is_as_declared

    def fits(self, actual: ActualTable, name: TableName, record: TableRecord) -> bool:
        return fits(actual, record)

    def unfit_keys(self, actual: ActualTable, name: TableName, record: TableRecord) -> Iterable[str]:
        return unfit_keys(actual, record)

    def unwritable(self, actual: ActualTable, name: TableName, record: TableRecord) -> Iterable[str]:
        return unwritable(actual, record)

    async def extras(self, session: Connection, name: TableName, actual: ActualTable) -> list[str]:
        return [str(found) for found in await foreign_objects(session, name)]

    def record_of(self, schema: sql.TableSchema[Any, Any], managed_by: str, **options: Any) -> TableRecord:
        return record_of(schema, managed_by)

    async def create(self, session: Connection, name: TableName, record: TableRecord, mark: sql.Mark) -> None:
        if not await execute(session, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", (name.schema,)):
            await execute(session, f"CREATE SCHEMA IF NOT EXISTS {sql.quoted(name.schema)}")
        await super().create(session, name, record, mark)

    async def make_anew(self, session: Connection, name: TableName, record: TableRecord, mark: sql.Mark) -> None:
        grants, settings = await grants_on(session, name), await settings_of(session, name)
        await super().make_anew(session, name, record, mark)
        await grant_again(session, name, grants, set(record.columns))
        await set_again(session, settings, set(record.columns))

    async def drop_column(self, session: Connection, name: TableName, column: str) -> None:
        # ONLY: tables that inherit from it keep the column.
        await execute(session, f"ALTER TABLE ONLY {self.identifier(name)} DROP COLUMN {sql.quoted(column)}")

    def encoder(self, table: str, schema: sql.TableSchema[Any, Any], record: TableRecord) -> RowEncoder:
        return RowEncoder(table, schema, record)

    def writer(self, name: TableName, record: TableRecord) -> TableWriter:
        return TableWriter(name, record)

    def savepoint(self, session: Connection) -> AbstractAsyncContextManager[object]:
        return session.transaction()

    def is_of_a_row(self, error: Exception) -> bool:
        return is_of_a_row(error)

    def is_of_unique(self, error: Exception) -> bool:
        return isinstance(error, errors.UniqueViolation)

    async def is_too_much(self, session: Connection, error: Exception) -> bool:
        if not isinstance(error, errors.QueryCanceled):
            return False
        ((timeout,),) = await execute(session, "SELECT pg_catalog.current_setting('statement_timeout')")
        return bool(timeout != "0")  # without a timeout, somebody has cancelled the statement

    def is_of_a_key(self, error: Exception) -> bool:
        return isinstance(error, psycopg.DataError)

    def reason(self, error: Exception) -> str:
        return str(describe_failure(error, "storing it"))

    def attachments(
        self, name: TableName, sink: coco.TargetActionSink[Any]
    ) -> dict[str, coco.TargetHandler[Any, Any, Any]]:
        return {
            "vector_index": sql.IndexHandler(self, name, sink),
            "sql_command": sql.CommandHandler(self, name, sink),
        }

    def index_name(self, name: TableName, key: str) -> str:
        return shortened(f"{name.table}__vector__{key}")

    async def has_index(self, session: Connection, name: TableName, index: str, record: sql.IndexRecord) -> bool:
        query = "SELECT 1 FROM pg_catalog.pg_indexes WHERE schemaname = $1 AND tablename = $2 AND indexname = $3"
        return bool(await execute(session, query, (*name, index)))

    async def create_index(self, session: Connection, name: TableName, index: str, record: sql.IndexRecord) -> None:
        await execute(session, create_index(name, index, record))
        made = f"INDEX {sql.quoted(name.schema)}.{sql.quoted(index)}"
        await execute(session, mark_object(made, "a vector index that was declared."))

    async def drop_index(self, session: Connection, name: TableName, index: str) -> None:
        await execute(session, f"DROP INDEX IF EXISTS {sql.quoted(name.schema)}.{sql.quoted(index)}")

    async def run_command(self, db: Pool, command: sql.SqlCommand) -> None:
        await run_command(db, command)

    async def count_rows(self, session: Connection, name: TableName) -> int:
        # The same lock as DROP TABLE takes: nobody else reads or writes the table until the end of the transaction.
        await execute(session, f"LOCK TABLE {self.identifier(name)} IN ACCESS EXCLUSIVE MODE")
        # If a policy would hide rows, this makes the query fail instead of counting fewer rows.
        await execute(session, "SET LOCAL row_security TO off")
        ((rows,),) = await execute(session, f"SELECT pg_catalog.count(*) FROM {self.identifier(name)}")
        return int(rows)

    def as_it_is(self, actual: ActualTable, record: TableRecord) -> TableRecord | None:
        if super().as_it_is(actual, record) is None:
            return None
        types = {column: ColumnRecord(actual.columns[column].type, nullable=False) for column in record.primary_key}
        return replace(record, columns=types)


DIALECT = TableWriter.dialect = PostgresDialect()

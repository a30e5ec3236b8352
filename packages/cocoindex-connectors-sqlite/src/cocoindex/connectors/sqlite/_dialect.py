"""The dialect of SQLite: how to inspect, create and alter its tables.

SQLite connector, table layer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from cocoindex.connectorkits import shown, sql
from cocoindex.connectorkits.table_plan import TableChange

from ._connection import ManagedConnection, plain_reading, plain_transaction
from ._database_identity import database_identity, schema_version
from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._foreign_keys import referring_tables
from ._inspect_table import ActualTable, check_definition, differences, inspect_table, unfit_keys, unwritable
from ._row_encoder import RowEncoder
from ._statements import count_all, create_mark, create_table, drop_mark, drop_table
from ._table_mark import Mark
from ._table_record import TableRecord, record_of
from ._types import TYPES
from ._vec0_table_def import Vec0TableDef, check_vec0
from ._write_rows import TableWriter
from .errors import SqliteArgumentError, SqliteTableError

__all__ = ["DIALECT", "SqliteDialect"]

T = TypeVar("T")


class SqliteDialect(sql.Dialect[ManagedConnection, sqlite3.Connection, str, TableRecord, ActualTable]):
    """SQLite, with the vec0 tables of sqlite-vec."""

    name = "sqlite"
    types = TYPES
    driver_error = sqlite3.Error
    blocking = True
    connection_type = ManagedConnection
    record_type = TableRecord
    drops_columns = sqlite3.sqlite_version_info >= (3, 35)

    async def transact(self, db: ManagedConnection, what: str, work: Callable[[sqlite3.Connection], Awaitable[T]]) -> T:
        with plain_transaction(db) as connection:
            return await work(connection)

    async def look(self, db: ManagedConnection, what: str, work: Callable[[sqlite3.Connection], Awaitable[T]]) -> T:
        with plain_reading(db) as connection:
            return await work(connection)

    async def execute(
        self, session: sqlite3.Connection, statement: str, parameters: Sequence[Any] = (), /
    ) -> list[tuple[Any, ...]]:
        return session.execute(statement, parameters).fetchall()

    def identity(self, db: ManagedConnection) -> str:
        return database_identity(db)

    async def version(self, db: ManagedConnection, session: sqlite3.Connection) -> str:
        return schema_version(db, session)

    def explain(self, error: Exception, db: ManagedConnection, what: str) -> Exception:
        return describe_failure(error, db.database, what)

    def place(self, db: ManagedConnection) -> str:
        return f"the SQLite database {db.database}"

    async def inspect(self, session: sqlite3.Connection, name: str, record: TableRecord, /) -> ActualTable | None:
        return inspect_table(session, name)

    def missing(self, actual: ActualTable, record: TableRecord) -> list[str]:
        return [] if actual.is_virtual else super().missing(actual, record)

    def differences(self, actual: ActualTable, name: str, record: TableRecord) -> sql.Differences:
        return differences(actual, name, record)

    def is_made_as(self, actual: ActualTable, name: str, record: TableRecord) -> bool:
        return self.fits(actual, name, record) if actual.is_virtual else super().is_made_as(actual, name, record)

    def unfit_keys(self, actual: ActualTable, name: str, record: TableRecord) -> Iterable[str]:
        return unfit_keys(actual, name, record)

    def unwritable(self, actual: ActualTable, name: str, record: TableRecord) -> Iterable[str]:
        return unwritable(actual, record)

    def record_of(
        self,
        schema: sql.TableSchema[Any, Any],
        managed_by: str,
        *,
        virtual_table_def: Vec0TableDef | None = None,
        **options: Any,
    ) -> TableRecord:
        return record_of(schema, managed_by, virtual_table_def)

    def table_name(self, table_name: str, **options: Any) -> str:
        if not isinstance(table_name, str):
            raise SqliteArgumentError(f"the name of a table is a str, not {shown(table_name)}")
        return table_name

    def check_options(
        self, table_name: str, schema: sql.TableSchema[Any, Any], *, virtual_table_def: object = None, **options: Any
    ) -> None:
        if virtual_table_def is None:
            return
        if not isinstance(virtual_table_def, Vec0TableDef):
            raise SqliteArgumentError(
                f"virtual_table_def= of the table {table_name!r} is a sqlite.Vec0TableDef, not "
                f"{shown(virtual_table_def)}"
            )
        check_vec0(table_name, schema, virtual_table_def)

    def check_table(self, name: str, record: TableRecord) -> None:
        check_definition(name, record)

    def change(self, old: TableRecord, new: TableRecord) -> TableChange:
        if old.vec0 is None and new.vec0 is None:
            return super().change(old, new)
        return TableChange.NONE if create_table("", old) == create_table("", new) else TableChange.REBUILD

    def create_statement(self, name: str, record: TableRecord) -> str:
        return create_table(name, record)

    async def create(self, session: sqlite3.Connection, name: str, record: TableRecord, mark: Mark) -> None:
        session.execute(create_table(name, record, mark))
        if record.vec0 is None:
            session.execute(create_mark(name, record, mark))

    async def set_mark(
        self, session: sqlite3.Connection, name: str, record: TableRecord, mark: Mark, was: Mark | None
    ) -> None:
        if was is not None:
            session.execute(drop_mark(was))
        session.execute(create_mark(name, record, mark))

    def can_be_marked(self, actual: ActualTable) -> bool:
        return not actual.is_virtual

    async def extras(self, session: sqlite3.Connection, name: str, actual: ActualTable) -> list[str]:
        referring = referring_tables(session, name)
        return [*actual.extras, *(f"rows of the table {table!r} that refer to it" for table in referring)]

    async def drop(self, session: sqlite3.Connection, name: str) -> None:
        if referring := referring_tables(session, name):
            raise SqliteTableError(
                f"the table {name!r} is not dropped, as rows of {', '.join(map(repr, referring))} refer to it, which "
                "SQLite would delete or change with it; remove these rows or their foreign keys, and try again"
            )
        session.execute(drop_table(name))

    def encoder(self, table: str, schema: sql.TableSchema[Any, Any], record: TableRecord) -> RowEncoder:
        return RowEncoder(table, schema, record)

    def writer(self, name: str, record: TableRecord) -> TableWriter:
        return TableWriter(name, record)

    async def count_rows(self, session: sqlite3.Connection, name: str) -> int:
        ((rows,),) = session.execute(count_all(name)).fetchall()
        return int(rows)

    def as_it_is(self, actual: ActualTable, record: TableRecord) -> TableRecord | None:
        return record if actual.is_virtual else super().as_it_is(actual, record)


DIALECT = TableWriter.dialect = SqliteDialect()

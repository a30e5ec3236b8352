"""What DuckDB says of itself: how its tables are looked at, and how transactions are run.

DuckDB connector, table layer.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, TypeVar

import cocoindex as coco
import duckdb
from cocoindex.connectorkits import sql
from cocoindex.errors import ContextTypeError, SqlSchemaError

from ._codec import codec_of
from ._connection import HAS_VSS, ManagedConnection
from ._types import TYPES, kind_of
from ._vector_index import HOW_TO_LOAD, create_statement
from ._writer import Writer
from .errors import DuckdbBusyError, DuckdbExtensionError

__all__ = ["DIALECT", "DuckdbDialect"]

T = TypeVar("T")
Cursor = duckdb.DuckDBPyConnection

_WAITS = (*(0.01 * 2**n for n in range(9)), 0)  # seconds: 5 in all
_CONFLICT = re.compile("conflict|failed to commit: primary key", re.IGNORECASE)
_COLLATED = re.compile(r'("(?:[^"]|"")+"|\w+) VARCHAR COLLATE ([^\s,);]+)')
_HERE = "database_name = current_database() AND schema_name = current_schema()"
_TABLES = f"""
    SELECT table_name, table_oid, comment, sql FROM duckdb_tables() WHERE {_HERE} AND lower(table_name) = lower(?)
    UNION ALL
    SELECT view_name, view_oid, NULL, NULL FROM duckdb_views() WHERE {_HERE} AND lower(view_name) = lower(?)"""
_COLUMNS = f"SELECT column_name, data_type, NOT is_nullable FROM duckdb_columns() WHERE {_HERE} AND table_oid = ?"
_KEY = f"""SELECT unnest(constraint_column_names) FROM duckdb_constraints()
    WHERE {_HERE} AND table_oid = ? AND constraint_type = 'PRIMARY KEY'"""
# DuckDB 1.5 needs pytz to give a moment with its zone.
_AS_IT_IS = ("{}", None)
_READ: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "TIMESTAMP WITH TIME ZONE": ("timezone('UTC', {})", lambda moment: moment.replace(tzinfo=datetime.UTC)),
    "JSON": ("{}", json.loads),
}
_ALL = "SELECT * FROM {} LIMIT 0"
_NAMES = f"""SELECT table_name FROM duckdb_tables() WHERE {_HERE}
    UNION ALL SELECT view_name FROM duckdb_views() WHERE {_HERE} AND NOT internal ORDER BY 1"""
_ALL_INDEXES = f"SELECT index_name FROM duckdb_indexes() WHERE {_HERE}"
_INDEXES = f"{_ALL_INDEXES} AND table_oid = ? ORDER BY 1"


class DuckdbDialect(sql.Dialect[ManagedConnection, Cursor, str, sql.TableRecord, sql.ActualTable]):
    """DuckDB, with the vector indexes of its extension vss."""

    name = "duckdb"
    types = TYPES
    driver_error = duckdb.Error
    blocking = True

    def database(self, value: object, where: str) -> ManagedConnection:
        if isinstance(value, ManagedConnection):
            return value
        raise ContextTypeError(
            f"{where} is a {type(value).__qualname__}; provide what duckdb.connect() makes, or call "
            "builder.provide_with(key, duckdb.managed_connection(...)) in the lifespan"
        )

    async def transact(self, db: ManagedConnection, what: str, work: Callable[[Cursor], Awaitable[T]]) -> T:
        for wait in _WAITS:
            try:
                with db.transaction() as cursor:
                    return await work(cursor)
            except duckdb.TransactionException as error:
                if not _CONFLICT.search(str(error)):
                    raise
                if not wait:
                    raise DuckdbBusyError(f"{what} in {self.place(db)} was in conflict for 5 s: {error}") from error
                time.sleep(wait)  # noqa: ASYNC251  # in a thread, as the dialect blocks
        raise AssertionError("unreachable")

    async def look(self, db: ManagedConnection, what: str, work: Callable[[Cursor], Awaitable[T]]) -> T:
        with db.readonly() as cursor:
            return await work(cursor)

    async def execute(
        self, session: Cursor, statement: str, parameters: Sequence[Any] = (), /
    ) -> list[tuple[Any, ...]]:
        return (session.execute(statement, parameters) if parameters else session.execute(statement)).fetchall()

    def identity(self, db: ManagedConnection) -> str:
        try:
            found = os.stat(db.file)
        except OSError:  # it lies in memory, or was removed
            return f"{db.database} {id(db)} of process {os.getpid()}"
        return f"{found.st_dev}:{found.st_ino}"

    async def version(self, db: ManagedConnection, session: Cursor) -> str:
        made = await self.execute(session, f"SELECT sql FROM duckdb_tables() WHERE {_HERE} ORDER BY 1")
        return f"{self.identity(db)}:{hashlib.blake2b(repr(made).encode(), digest_size=8).hexdigest()}"

    def explain(self, error: Exception, db: ManagedConnection, what: str) -> Exception:
        if isinstance(error, duckdb.TransactionException) and _CONFLICT.search(str(error)):
            return error
        if isinstance(error, duckdb.CatalogException) and "does not exist" in str(error):
            return self.errors.lost(f"{what} in {self.place(db)} failed: {error}")
        if "index type 'HNSW'" in str(error):
            return DuckdbExtensionError(
                f"{what} in {self.place(db)} needs DuckDB's extension vss: {error}; {HOW_TO_LOAD}"
            )
        return super().explain(error, db, what)

    def place(self, db: ManagedConnection) -> str:
        return f"the DuckDB database {db.database}"

    def same_type(self, one: str, other: str) -> bool:
        try:
            return super().same_type(one, other) or str(kind_of(one)) == str(kind_of(other))
        except SqlSchemaError:  # of a column that others made, which has a collation or an unsupported type
            return False

    async def inspect(self, session: Cursor, name: str, record: sql.TableRecord, /) -> sql.ActualTable | None:
        found = [
            row
            for row in await self.execute(session, _TABLES, (name, name))
            if self.folded(row[0]) == self.folded(name)
        ]
        if not found:
            return None
        ((_, number, comment, made),) = found
        collations = dict(_COLLATED.findall(made or ""))
        columns = {
            self.folded(column): sql.ActualColumn(_with_collation(column, kind, collations), not_null)
            for column, kind, not_null in await self.execute(session, _COLUMNS, (number,))
        }
        key = tuple(self.folded(column) for (column,) in await self.execute(session, _KEY, (number,)))
        ours = self.index_name(name, "")
        extras = tuple(
            f"the index {index!r}"
            for (index,) in await self.execute(session, _INDEXES, (number,))
            if not index.startswith(ours)
        )
        return sql.ActualTable(made is not None, columns, key, sql.Mark.read(comment), extras=extras)

    def codec(self, column: sql.ColumnDef, *, nullable: bool, is_key: bool, where: str) -> sql.Codec:
        return codec_of(column, nullable=nullable)

    def writer(self, name: str, record: sql.TableRecord) -> Writer:
        return Writer(self, name, record)

    def attachments(self, name: str, sink: coco.TargetActionSink[Any]) -> dict[str, Any]:
        return {"vector_index": sql.IndexHandler(self, name, sink)}

    def index_name(self, name: str, key: str) -> str:
        return f"{name}__vector__{key}"

    async def has_index(self, session: Cursor, name: str, index: str, record: sql.IndexRecord) -> bool:
        return bool(await self.execute(session, f"{_ALL_INDEXES} AND index_name = ?", (index,)))

    async def create_index(self, session: Cursor, name: str, index: str, record: sql.IndexRecord) -> None:
        if not await self.execute(session, HAS_VSS):
            raise DuckdbExtensionError(
                f"the vector index {index!r} of the table {name!r} needs DuckDB's extension vss: {HOW_TO_LOAD}"
            )
        await self.execute(session, create_statement(name, index, record))

    async def drop_column(self, session: Cursor, name: str, column: str) -> None:
        for (index,) in await self.execute(session, _ALL_INDEXES):
            if index.startswith(self.index_name(name, "")):  # they are in the way, and made anew when all is written
                await self.execute(session, f"DROP INDEX {sql.quoted(index)}")
        await super().drop_column(session, name, column)

    def is_of_a_row(self, error: Exception) -> bool:
        return isinstance(error, duckdb.IntegrityError | duckdb.DataError)

    def is_of_unique(self, error: Exception) -> bool:
        return isinstance(error, duckdb.ConstraintException) and "unique" in str(error).lower()

    def rows(
        self, db: ManagedConnection, name: str, spec: sql.SourceSpec[Any]
    ) -> Generator[list[dict[str, Any]], None, None]:
        with db.readonly() as cursor, sql.explained(self, db, f"reading the table {name!r}"):
            known = [table for (table,) in cursor.execute(_NAMES).fetchall()]
            if self.folded(name) not in map(self.folded, known):
                raise self.errors.table(
                    f"{self.place(db)} has no table or view {name!r}; it has {', '.join(map(repr, known)) or 'none'}"
                )
            found = {column[0]: str(column[1]) for column in cursor.execute(_ALL.format(sql.quoted(name))).description}
            kinds = {self.folded(column): kind for column, kind in found.items()}
            columns = spec.columns or list(found)
            if unknown := [column for column in columns if self.folded(column) not in kinds]:
                raise self.errors.table(
                    f"{self.where(db, name)} has no column {', '.join(map(repr, unknown))}; it has "
                    f"{', '.join(map(repr, found))}"
                )
            read = {column: _READ[kind] for column in columns if (kind := kinds[self.folded(column)]) in _READ}
            chosen = [
                read[column][0].format(sql.quoted(column)) if column in read else sql.quoted(column)
                for column in columns
            ]
            cursor.execute(f"SELECT {', '.join(chosen)} FROM {sql.quoted(name)}")
            while rows := [dict(zip(columns, row, strict=True)) for row in cursor.fetchmany(500)]:
                for row in rows if read else ():
                    row.update({column: read[column][1](row[column]) for column in read if row[column] is not None})
                yield rows


def _with_collation(column: str, kind: str, collations: dict[str, str]) -> str:
    collation = collations.get(column) or collations.get(sql.quoted(column))
    return f"{kind} COLLATE {collation}" if collation else kind


DIALECT = DuckdbDialect()

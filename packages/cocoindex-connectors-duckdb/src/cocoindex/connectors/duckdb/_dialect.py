"""The dialect of DuckDB: how to inspect its tables, and what its errors mean.

DuckDB connector, table layer.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

import duckdb
from cocoindex.connectorkits import sql
from cocoindex.errors import SqlSchemaError

from ._connection import ManagedConnection
from ._driver_text import said
from ._row_text import Writer, codec_of
from ._types import TYPES, kind_of
from ._vss import create_statement, has_vss, needs_vss

__all__ = ["DIALECT", "DuckdbDialect"]

Cursor = duckdb.DuckDBPyConnection
T = TypeVar("T")

_HERE = "database_name = current_database() AND schema_name = current_schema()"
_ALL = f"""(SELECT table_name AS name, true, comment, table_oid FROM duckdb_tables() WHERE {_HERE}
    UNION ALL SELECT view_name, false, NULL, view_oid FROM duckdb_views() WHERE {_HERE} AND NOT internal)"""
# The collation of a column is available only from the statement that created the table.
_COLLATION = """regexp_extract(
    (SELECT sql FROM duckdb_tables() t WHERE t.table_oid = c.table_oid AND t.database_name = current_database()),
    '[(,] {0,1}"{0,1}' || regexp_escape(replace(column_name, '"', '""')) || '"{0,1} VARCHAR( COLLATE [^\\s,);]+)', 1)"""
_COLUMNS = f"""SELECT column_name, data_type || coalesce({_COLLATION}, ''), NOT is_nullable
    FROM duckdb_columns() c WHERE {_HERE} AND table_oid = ?"""
_KEY = f"""SELECT unnest(constraint_column_names) FROM duckdb_constraints()
    WHERE {_HERE} AND table_oid = ? AND constraint_type = 'PRIMARY KEY'"""
_LOST = re.compile("does not (exist|have a column)|not found in (table|FROM clause)")
_HAS_COLLATION = "SELECT 1 WHERE current_setting('default_collation') <> ''"
_INDEXES = f"SELECT index_name FROM duckdb_indexes() WHERE {_HERE}"


def _in_utc(moment: datetime.datetime | str) -> datetime.datetime | str:
    # The driver returns text for values that Python cannot hold, such as years before 1.
    return f"{moment}+00" if isinstance(moment, str) else moment.replace(tzinfo=datetime.UTC)


class DuckdbDialect(sql.SharedDialect[ManagedConnection, Cursor]):
    """DuckDB, with the vector indexes of its extension vss."""

    name = "duckdb"
    types = TYPES
    driver_error = duckdb.Error
    connection_type = ManagedConnection
    writer_type = Writer
    has_vector_indexes = True
    catalog = sql.Catalog(
        f"SELECT name FROM {_ALL} ORDER BY 1", f"SELECT * FROM {_ALL} WHERE lower(name) = lower(?)", _COLUMNS, _KEY
    )
    read_as = {  # noqa: RUF012  # nobody changes it
        # DuckDB 1.5 needs pytz to return a timestamp with its time zone.
        "TIMESTAMP WITH TIME ZONE": ("timezone('UTC', {})", _in_utc),
        "JSON": ("{}", json.loads),
    }

    async def transact(self, db: ManagedConnection, what: str, work: Callable[[Cursor], Awaitable[T]]) -> T:
        async def exact(session: Cursor) -> T:
            # With another default collation, keys that are different texts would be equal, and one row be taken for
            # another. The setting belongs to this cursor.
            if await self.execute(session, _HAS_COLLATION):
                await self.execute(session, "SET SESSION default_collation = ''")
            return await work(session)

        return await super().transact(db, what, exact)

    async def version(self, db: ManagedConnection, session: Cursor) -> str:
        made = await self.execute(session, f"SELECT sql FROM duckdb_tables() WHERE {_HERE} ORDER BY 1")
        return f"{self.identity(db)}:{hashlib.blake2b(repr(made).encode(), digest_size=8).hexdigest()}"

    def explain(self, error: Exception, db: ManagedConnection, what: str) -> Exception:
        if isinstance(error, duckdb.CatalogException | duckdb.BinderException) and _LOST.search(str(error)):
            return self.errors.lost(f"{what} in {self.place(db)} failed: {said(error)}")
        if "index type 'HNSW'" in str(error):
            return needs_vss(f"{what} in {self.place(db)}", said(error))
        return super().explain(error, db, what)

    def same_type(self, one: str, other: str) -> bool:
        try:
            return super().same_type(one, other) or str(kind_of(one)) == str(kind_of(other))
        except SqlSchemaError:  # a column created by others has a collation or an unsupported type
            return False

    def unwritable(self, actual: sql.ActualTable, name: str, record: sql.TableRecord) -> list[str]:
        return [] if actual.is_table else ["it is a view, in which DuckDB writes no rows: declare the table behind it"]

    def as_it_is(self, actual: sql.ActualTable, record: sql.TableRecord) -> sql.TableRecord | None:
        """Return `record` with text for the key columns that have another type: a cast of a key could change it."""
        if super().as_it_is(actual, record) is None:
            return None
        keys = {column: record.columns[column] for column in record.primary_key}
        for column, declared in keys.items():
            if not self.is_as_declared(actual.columns[self.folded(column)], declared):
                keys[column] = sql.ColumnRecord("VARCHAR", nullable=False)
        return dataclasses.replace(record, columns=keys)

    async def extras(self, session: Cursor, name: str, actual: sql.ActualTable) -> list[str]:
        ours = self.index_name(name, "")
        found = await self.execute(session, f"{_INDEXES} AND lower(table_name) = lower(?) ORDER BY 1", (name,))
        return [f"the index {index!r}" for (index,) in found if not index.startswith(ours)]

    def codec(self, column: sql.ColumnDef, *, nullable: bool, is_key: bool, where: str) -> sql.Codec:
        return codec_of(column, nullable=nullable)

    async def has_index(self, session: Cursor, name: str, index: str, record: sql.IndexRecord) -> bool:
        return bool(await self.execute(session, f"{_INDEXES} AND index_name = ?", (index,)))

    async def create_index(self, session: Cursor, name: str, index: str, record: sql.IndexRecord) -> None:
        if not has_vss(session):
            raise needs_vss(f"the vector index {index!r} of the table {name!r}")
        await self.execute(session, create_statement(name, index, record))

    async def drop_column(self, session: Cursor, name: str, column: str) -> None:
        for (index,) in await self.execute(session, _INDEXES):
            if index.startswith(self.index_name(name, "")):  # they prevent DROP COLUMN, and are created again later
                await self.drop_index(session, name, index)
        await super().drop_column(session, name, column)

    def reason(self, error: Exception) -> str:
        return said(error)

    def is_of_a_row(self, error: Exception) -> bool:
        return isinstance(error, duckdb.IntegrityError | duckdb.DataError)

    def is_of_unique(self, error: Exception) -> bool:
        return isinstance(error, duckdb.ConstraintException) and "unique" in str(error).lower()


DIALECT = DuckdbDialect()

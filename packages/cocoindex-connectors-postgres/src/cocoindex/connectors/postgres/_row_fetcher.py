"""Reads a table through a server-side cursor, so that memory use does not depend on the size of the table.

Postgres connector, source layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg.rows import RowMaker, dict_row, no_result

from cocoindex.connectorkits import sql

from ._careful_fetch import CarefulFetch, has_gaps
from ._cursor import Connection
from ._driver_errors import describe_failure, is_passing
from ._identifier import TableName
from ._missing_table import is_missing, missing_table
from ._moment_loader import MOMENTS, OddValues
from ._odd_value import FieldsOfText, as_fields, as_plain
from ._pool import Pool, direct_connection, explain
from ._session_settings import UNCHECKED, settle
from ._types import ERRORS
from ._vector_loader import load_vectors
from .errors import PostgresRowError

__all__ = ["PgSourceSpec", "RowFetcher"]

RowT = TypeVar("RowT")
_BATCH = 500
_OPENINGS = 3  # attempts to begin: a pool may hold connections that the server has closed


@dataclass
class PgSourceSpec:
    """What to read: a table, its columns (None for all), and its schema (None for `public`)."""

    table_name: str
    columns: Sequence[str] | None = None
    pg_schema_name: str | None = None

    @property
    def name(self) -> TableName:
        """The name of the table with its schema."""
        return TableName(self.pg_schema_name or "public", self.table_name)

    @property
    def query(self) -> str:
        """The SELECT statement."""
        return self._query_as({})

    def _query_as(self, types: Mapping[str, str]) -> str:
        """Return the SELECT that casts the columns in `types` to these types."""
        columns = ", ".join(
            f"{sql.quoted(name)}::{types[name]} AS {sql.quoted(name)}" if name in types else sql.quoted(name)
            for name in self.columns or ()
        )
        return f"SELECT {columns or '*'} FROM {self.name.quoted}"


class RowFetcher(sql.RowFetcher[RowT]):
    """The rows of a table; every iteration reads the table again, as it is when the iteration begins.

    An iteration holds one connection of the pool until it ends. `for row in fetcher` blocks, so it is for threads
    without an event loop; it uses a new connection outside the pool, with the same settings.

    Args:
        pool: a `psycopg_pool.AsyncConnectionPool`.
        spec: what to read.
        row_factory: converts a dict to a row; if None, rows are dicts.
        text_fields: the fields of the rows' record type that accept text, for which dates and times are read as text;
            None if rows can hold any value.
    """

    def __init__(
        self,
        pool: Pool,
        spec: PgSourceSpec,
        row_factory: Callable[[dict[str, Any]], RowT] | None,
        *,
        text_fields: FieldsOfText | None = None,
    ) -> None:
        super().__init__(str(spec.name), row_factory, ERRORS, of="the rows of a table")
        self._pool = pool
        self._spec = spec
        self._text_fields = text_fields

    def iterate(self) -> Iterator[RowT]:
        with asyncio.Runner() as runner:
            connection = runner.run(direct_connection(self._pool))
            batches = self._read(connection)

            async def next_batch() -> list[RowT] | None:
                try:
                    return await anext(batches, None)
                except psycopg.Error as error:
                    if is_missing(error):
                        raise await missing_table(
                            connection, self._spec.name, self._spec.columns or (), error
                        ) from error
                    raise describe_failure(error, self._what) from error

            try:
                while batch := runner.run(next_batch()):
                    yield from batch
            finally:
                runner.run(batches.aclose())
                runner.run(connection.close())

    async def batches(self) -> AsyncGenerator[list[RowT], None]:
        began = False
        for opening in range(1, _OPENINGS + 1):
            try:
                async with self._pool.connection() as connection, aclosing(self._read(connection)) as batches:
                    async for batch in batches:
                        began = True
                        yield batch
                return
            except psycopg.Error as error:
                if is_missing(error):
                    async with self._pool.connection() as connection:
                        raise await missing_table(
                            connection, self._spec.name, self._spec.columns or (), error
                        ) from error
                if began or opening == _OPENINGS or not is_passing(error):
                    raise await explain(self._pool, error, self._what) from error
            await self._pool.check()

    @property
    def _what(self) -> str:
        return f"reading the table {self._spec.name}"

    async def _read(self, connection: Connection) -> AsyncGenerator[list[RowT], None]:
        # Not by connection.cursor(), which uses the cursor class that the owner of the pool configured.
        async with connection.transaction():
            # The driver encodes queries in the client encoding; with SQL_ASCII, they must be ASCII.
            await settle(connection, reading=True, unchecked=self._spec.query.isascii())
            is_careful = has_gaps(connection)
            async with psycopg.AsyncServerCursor(
                connection, "cocoindex_rows", row_factory=_dict_row, scrollable=True if is_careful else None
            ) as cursor:
                await load_vectors(connection, cursor)
                odd, unreadable = OddValues(cursor), self.unreadable()
                await cursor.execute(self._spec.query)
                if casts := self._casts(cursor):
                    await cursor.execute(self._spec._query_as(casts))
                fetch = CarefulFetch(connection, cursor, unreadable.add).fetch if is_careful else cursor.fetchmany
                while rows := await fetch(_BATCH):
                    made = self._readable(rows, odd, unreadable)
                    if made:
                        yield made
                unreadable.tell()

    def _casts(self, cursor: psycopg.AsyncServerCursor[Any]) -> dict[str, str]:
        """Return casts to text for the columns of dates and times whose fields accept text."""
        if self._text_fields is None:
            return {}
        kinds = [cursor.adapters.types.get(kind) for kind in MOMENTS]
        single = {info.oid for info in kinds if info is not None}
        arrays = {info.array_oid for info in kinds if info is not None}
        columns = cursor.description or ()
        casts = {
            each.name: "text" for each in columns if each.name in self._text_fields.always and each.type_code in single
        }
        return casts | {
            each.name: "text[]"
            for each in columns
            if each.name in self._text_fields.arrays and each.type_code in arrays
        }

    def _readable(self, rows: list[dict[str, Any]], odd: OddValues, unreadable: sql.UnreadableRows) -> list[RowT]:
        """Convert the rows; leave out those that cannot be read, and add their errors to `unreadable`."""
        bad: set[int] = set()

        def settle_row(row: dict[str, Any]) -> None:
            try:
                if self._text_fields is None:
                    as_plain(row)
                else:
                    as_fields(row, self._text_fields)
            except PostgresRowError as error:
                bad.add(id(row))
                unreadable.add(error)

        odd.settle(rows, settle_row)
        return unreadable.others(self.made, [row for row in rows if id(row) not in bad] if bad else rows)


def _dict_row(cursor: psycopg.AsyncCursor[Any]) -> RowMaker[dict[str, Any]]:
    """Do the same as the driver's `dict_row`, also if the client encoding cannot decode column names (SQL_ASCII)."""
    if cursor.connection.info.parameter_status("client_encoding") != UNCHECKED:
        return dict_row(cursor)
    result = cursor.pgresult
    if result is None or not result.nfields:
        return no_result
    names = [(result.fname(at) or b"").decode(errors="replace") for at in range(result.nfields)]
    return lambda values: dict(zip(names, values, strict=True))

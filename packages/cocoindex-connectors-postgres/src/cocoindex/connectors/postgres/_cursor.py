"""Cursors that do not depend on how the owner of the pool configured its connections.

Postgres connector, lowest layer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.adapt import Dumper
from psycopg.rows import tuple_row

__all__ = ["Connection", "cursor_of", "execute", "execute_each", "rows_affected"]

Connection = psycopg.AsyncConnection[Any]


def cursor_of(connection: Connection) -> psycopg.AsyncRawCursor[tuple[Any, ...]]:
    """Return a cursor with rows as tuples and parameters as `$1`, …, so that `%` in a name has no special meaning."""
    return psycopg.AsyncRawCursor(connection, row_factory=tuple_row)


async def execute(
    connection: Connection, query: str | sql.SQL | sql.Composed, parameters: Sequence[Any] | None = None
) -> list[tuple[Any, ...]]:
    """Execute `query`; return its rows, or an empty list if it has no result."""
    async with cursor_of(connection) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall() if cursor.description is not None else []


async def rows_affected(connection: Connection, query: str, parameters: Sequence[Any] | None = None) -> int:
    """Execute `query`; return the number of rows that it wrote or deleted, as counted by the server."""
    async with cursor_of(connection) as cursor:
        await cursor.execute(query, parameters)
        return cursor.rowcount


async def execute_each(
    connection: Connection, query: str, rows: Sequence[Sequence[Any]], dumpers: Mapping[type, type[Dumper]]
) -> list[int]:
    """Execute `query` with the parameters of each row, all sent at once; return how many rows each execution affected.

    Args:
        connection: the connection.
        query: the statement.
        rows: the parameters of each execution.
        dumpers: psycopg dumpers for further classes of values.
    """
    async with cursor_of(connection) as cursor:
        for kind, dumper in dumpers.items():
            cursor.adapters.register_dumper(kind, dumper)
        async with _pipeline(connection):
            await cursor.executemany(query, rows, returning=True)
        counts = [cursor.rowcount]
        while cursor.nextset():
            counts.append(cursor.rowcount)
    return counts


@asynccontextmanager
async def _pipeline(connection: Connection) -> AsyncIterator[None]:
    if not psycopg.AsyncPipeline.is_supported():
        yield
        return
    async with connection.pipeline() as pipeline:
        try:
            yield
        except psycopg.Error:
            # Statements after the error fail, too; read their errors here, or psycopg logs them when the pipeline ends.
            while not connection.closed:
                try:
                    await pipeline.sync()
                    break
                except psycopg.Error:
                    continue
            raise

"""Cursors that do what this connector expects, however the pool's owner set up its connections.

Postgres connector, lowest layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

__all__ = ["Connection", "cursor_of", "execute"]

Connection = psycopg.AsyncConnection[Any]


def cursor_of(connection: Connection) -> psycopg.AsyncRawCursor[tuple[Any, ...]]:
    """A cursor whose rows are tuples and whose parameters are `$1`, …: a `%` in a name means nothing to it."""
    return psycopg.AsyncRawCursor(connection, row_factory=tuple_row)


async def execute(
    connection: Connection, query: str | sql.SQL | sql.Composed, parameters: Sequence[Any] | None = None
) -> list[tuple[Any, ...]]:
    """Execute `query`; returns its rows, none where it has no result."""
    async with cursor_of(connection) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall() if cursor.description is not None else []

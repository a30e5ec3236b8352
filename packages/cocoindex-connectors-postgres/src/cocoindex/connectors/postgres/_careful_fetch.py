"""Fetches rows from a database whose encoding has bytes without a Unicode character.

Postgres connector, source layer. If one row of a fetch has such bytes, the server refuses the whole fetch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import errors

from ._cursor import Connection, rows_affected
from ._driver_errors import describe_failure
from .errors import PostgresRowError

__all__ = ["CarefulFetch", "has_gaps"]

_COMPLETE = ("UTF8", "SQL_ASCII", "LATIN1")
"""Encodings whose texts can all be converted to UTF-8, or are not converted at all."""


def has_gaps(connection: Connection) -> bool:
    """Say whether the database may hold text that the server cannot convert to UTF-8."""
    return connection.info.parameter_status("server_encoding") not in _COMPLETE


class CarefulFetch:
    """Fetches from a scrollable cursor; finds rows that the server cannot send by halving the fetch, and reports them.

    Args:
        connection: the connection, inside a transaction.
        cursor: a server-side cursor.
        tell: called with the error of each row that cannot be read.
    """

    def __init__(
        self,
        connection: Connection,
        cursor: psycopg.AsyncServerCursor[dict[str, Any]],
        tell: Callable[[PostgresRowError], object],
    ) -> None:
        self._connection = connection
        self._cursor = cursor
        self._tell = tell
        self._at = 0  # number of rows that the cursor has passed
        self._is_over = False

    async def fetch(self, count: int) -> list[dict[str, Any]]:
        """Return the next rows, up to `count`; an empty list only at the end."""
        while not self._is_over:
            if rows := await self._next(count):
                return rows
        return []

    async def _next(self, count: int) -> list[dict[str, Any]]:
        try:
            async with self._connection.transaction():
                rows = await self._cursor.fetchmany(count)
        except (errors.UntranslatableCharacter, errors.CharacterNotInRepertoire) as error:
            if count == 1:
                self._at += 1
                self._tell(_unreadable(error))
                return []
        else:
            self._at += len(rows)
            self._is_over = len(rows) < count
            return rows
        await self._go_back(count)
        rows = await self._next(count // 2)
        return rows if self._is_over else rows + await self._next(count - count // 2)

    async def _go_back(self, count: int) -> None:
        """Move the cursor back after a failed fetch, which has moved it forward all the same."""
        name = self._cursor.name
        is_on_a_row = await rows_affected(self._connection, f"MOVE RELATIVE 0 FROM {name}")
        to = f"BACKWARD {count}" if is_on_a_row else f"ABSOLUTE {self._at}"  # slower: it counts from the first row
        await rows_affected(self._connection, f"MOVE {to} FROM {name}")


def _unreadable(error: psycopg.Error) -> PostgresRowError:
    failed = describe_failure(error, "converting its text")
    found = PostgresRowError(
        f"a row cannot be read: {failed}; correct the text in the database, or read a view that converts it"
    )
    found.__cause__ = error
    return found

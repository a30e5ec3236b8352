"""Fetches rows from a database whose encoding has bytes that stand for no character.

Postgres connector, source layer. The server refuses all rows that are fetched together where one has such bytes.
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
"""Encodings all texts of which can be given as UTF-8, or are given as they are."""


def has_gaps(connection: Connection) -> bool:
    """Whether the database may hold text that the server cannot convert to UTF-8."""
    return connection.info.parameter_status("server_encoding") not in _COMPLETE


class CarefulFetch:
    """Fetches from a cursor that can scroll; a row that the server refuses to give is found by halving, and told.

    Args:
        connection: inside a transaction.
        cursor: of the server.
        tell: is given the error of each row that cannot be read.
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
        self._at = 0  # how many rows are behind the cursor
        self._is_over = False

    async def fetch(self, count: int) -> list[dict[str, Any]]:
        """The next rows, about `count` of them; empty at the end only."""
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
        """Undo a fetch that failed, which leaves the cursor behind the rows that it had fetched."""
        name = self._cursor.name
        is_on_a_row = await rows_affected(self._connection, f"MOVE RELATIVE 0 FROM {name}")
        to = f"BACKWARD {count}" if is_on_a_row else f"ABSOLUTE {self._at}"  # which goes through all rows before
        await rows_affected(self._connection, f"MOVE {to} FROM {name}")


def _unreadable(error: psycopg.Error) -> PostgresRowError:
    failed = describe_failure(error, "converting its text")
    found = PostgresRowError(
        f"a row cannot be read: {failed}; correct the text in the database, or read a view that makes other text of it"
    )
    found.__cause__ = error
    return found

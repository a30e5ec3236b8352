"""A temporary database with the rows of a source, which SQLite deletes when it is closed.

SQLite connector, source layer. Threads fill and read it, and may still run when nobody waits for them any more. So
while a thread uses the database, only that thread may close it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from ._driver import sqlite3

__all__ = ["RowCopy"]

_BATCH = 500


class Rows(Protocol):
    """The interface of a cursor to copy rows from."""

    def fetchmany(self, size: int, /) -> list[tuple[Any, ...]]: ...


class RowCopy:
    """Copies rows first, and then returns them in the same order."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows: sqlite3.Cursor | None = None
        self._state = threading.Lock()
        self._is_in_use = False
        self._is_closing = False
        self._is_closed = False

    def fill(self, width: int, rows: Rows) -> None:
        """Copy all rows; stop early if `close` is called meanwhile. After an error, the copy is empty.

        Args:
            width: the number of columns.
            rows: the rows to copy.
        """
        with self._used():
            # A column without a type stores every value unchanged.
            self._database.execute(
                f"CREATE TABLE IF NOT EXISTS rows ({', '.join(f'c{number}' for number in range(width))})"
            )
            self._database.execute("BEGIN")
            insert = f"INSERT INTO rows VALUES ({', '.join('?' * width)})"
            try:
                while not self._is_closing and (some := rows.fetchmany(_BATCH)):
                    self._database.executemany(insert, some)
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
            self._rows = self._database.execute("SELECT * FROM rows ORDER BY rowid")

    def next_rows(self) -> list[tuple[Any, ...]]:
        """Return the next rows; an empty list at the end, or after `close`."""
        with self._used():
            if self._is_closing or self._rows is None:
                return []
            return self._rows.fetchmany(_BATCH)

    def close(self) -> None:
        """Close the database, now or as soon as the thread that uses it has finished its call."""
        with self._state:
            self._is_closing = True
            self._close_if_idle()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._state:
            self._is_in_use = not self._is_closed
        try:
            if self._is_in_use:
                yield
            else:
                raise sqlite3.ProgrammingError("the copy of the rows was closed")
        finally:
            with self._state:
                self._is_in_use = False
                if self._is_closing:
                    self._close_if_idle()

    def _close_if_idle(self) -> None:
        if not self._is_in_use and not self._is_closed:
            self._is_closed = True
            self._rows = None
            self._database.close()

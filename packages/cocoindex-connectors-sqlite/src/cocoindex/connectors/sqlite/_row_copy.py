"""A temporary database with the rows of a source, which SQLite removes when it is closed.

SQLite connector, source layer. It is filled and read in threads, which go on when nobody waits for them any more: only
the thread that uses the database closes it, or nobody does at that time.
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
    """Where rows come from."""

    def fetchmany(self, size: int, /) -> list[tuple[Any, ...]]: ...


class RowCopy:
    """Rows that are copied at once, and then given in order."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._rows: sqlite3.Cursor | None = None
        self._state = threading.Lock()
        self._is_in_use = False
        self._is_closing = False
        self._is_closed = False

    def fill(self, width: int, rows: Rows) -> None:
        """Copy the rows, which have so many columns; in the middle of that it may be closed, and then ends.

        Where that fails it is empty again.
        """
        with self._used():
            # Columns without a type leave every value as it is.
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
        """The next rows; none at the end, and when it was closed."""
        with self._used():
            if self._is_closing or self._rows is None:
                return []
            return self._rows.fetchmany(_BATCH)

    def close(self) -> None:
        """Close the database, now or as soon as the thread that uses it is done with its rows."""
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

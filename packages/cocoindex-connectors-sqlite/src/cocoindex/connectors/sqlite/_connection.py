"""A connection shared by threads, which use it one at a time.

SQLite connector, connection layer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager

from cocoindex.connectorkits import masked, sql

from ._driver import sqlite3
from ._driver_errors import describe_failure
from ._plain_rows import PlainRows
from .errors import SqliteConnectionError, SqliteLockError

__all__ = ["ManagedConnection", "plain_reading", "plain_transaction"]


class ManagedConnection:
    """A SQLite connection in autocommit mode that several threads may use; created by `connect`.

    Args:
        connection: an open connection in autocommit mode (`isolation_level=None`), with `check_same_thread=False`.
        database: the name of the database in messages.
        loaded_extensions: names of the extensions that the connection has loaded.
    """

    def __init__(
        self, connection: sqlite3.Connection, *, database: str = "", loaded_extensions: Iterable[str] = ()
    ) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._database = database
        self._file = _file_of(connection)
        self._loaded_extensions = frozenset(loaded_extensions)
        self._lock = sql.FairLock(SqliteLockError)
        # Two threads inside one connection wait for each other, with all other threads of the process, if it calls a
        # function in Python: one has SQLite's lock and waits for Python's, the other the other way round.
        self._reading = threading.RLock()
        self._plain_rows = PlainRows()

    def __repr__(self) -> str:
        state = "" if self._connection is not None else ", closed"
        return masked(f"ManagedConnection({self._database!r}{state})")

    @property
    def database(self) -> str:
        """The path of the database file, as it was given."""
        return self._database

    @property
    def file(self) -> str:
        """The absolute path of the database file; empty for a database in memory."""
        return self._file

    @property
    def loaded_extensions(self) -> Set[str]:
        """Names of the loaded extensions, such as `sqlite-vec`."""
        return self._loaded_extensions

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection exclusively, in a transaction that commits at the end and rolls back on an exception.

        The transaction takes the write lock of the database at its start, and waits for it up to the timeout. Errors of
        your own statements are not converted.

        Raises:
            SqliteBusyError: another process holds the lock for longer than the timeout.
            SqliteConnectionError: the connection is closed.
            SqliteLockError: this thread is inside `transaction()` or `readonly()` of this connection.
        """
        with self._lock.writing():
            connection = self._open()
            self._run(connection, "BEGIN IMMEDIATE")
            try:
                yield connection
                self._run(connection, "COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def readonly(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection for read-only statements; other threads wait. A thread may nest such blocks.

        Raises:
            SqliteConnectionError: the connection is closed.
        """
        with self._lock.reading(), self._reading:
            yield self._open()

    def close(self) -> None:
        """Close the connection once nobody uses it; closing it again does nothing."""
        with self._lock.writing():
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise SqliteConnectionError(
                f"the connection to the SQLite database {self._database} was closed; open a new one with "
                "sqlite.connect(), and in a lifespan close it only after the yield"
            )
        return self._connection

    def _run(self, connection: sqlite3.Connection, statement: str) -> None:
        try:
            connection.execute(statement)
        except sqlite3.Error as error:
            raise describe_failure(error, self._database, f"{statement} of a transaction") from error


@contextmanager
def plain_transaction(managed: ManagedConnection) -> Iterator[sqlite3.Connection]:
    """Hold the connection as `transaction()` does, without the factories that the program has set for it."""
    with managed.transaction() as connection, managed._plain_rows.of(connection):
        yield connection


@contextmanager
def plain_reading(managed: ManagedConnection) -> Iterator[sqlite3.Connection]:
    """Hold the connection as `readonly()` does, without the factories that the program has set for it."""
    with managed.readonly() as connection, managed._plain_rows.of(connection):
        yield connection


def _file_of(connection: sqlite3.Connection) -> str:
    try:
        return next((row[2] or "" for row in connection.execute("PRAGMA database_list") if row[1] == "main"), "")
    except sqlite3.Error:  # the database is locked, or the file is not a database
        return ""

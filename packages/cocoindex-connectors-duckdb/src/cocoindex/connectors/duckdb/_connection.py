"""A database that threads share: each reads in a snapshot of its own, one writes at a time.

DuckDB connector, connection layer.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb
from cocoindex.connectorkits import shown
from cocoindex.errors import SqlArgumentError

from ._vector_index import drop_unfinished_indexes, load_vss
from .errors import DuckdbBusyError, DuckdbConnectionError

__all__ = ["HAS_VSS", "ManagedConnection", "connect", "managed_connection"]

HAS_VSS = "SELECT 1 FROM duckdb_extensions() WHERE extension_name = 'vss' AND loaded"
_LOCKED = re.compile(r"Conflicting lock is held in (.*?) ?\(PID (\d+)\)")


class ManagedConnection:
    """A DuckDB database that several threads may use; made by `connect`.

    Attributes:
        database: the path, as it was given.
        file: the absolute path; empty where the database lies in memory.
        has_vss: whether the extension for vector indexes is loaded.
    """

    def __init__(self, database: str, config: Mapping[str, Any], load_vss: bool | Literal["auto"]) -> None:
        self.database = database
        self.file = "" if database.startswith(":memory:") else os.path.realpath(database)
        self.has_vss = False
        self._config, self._load_vss = dict(config), load_vss
        self._writing, self._state = threading.RLock(), threading.Condition()
        self._users: list[int] = []  # the threads that use a cursor
        self._is_closed = self._is_broken = False
        self._root = self._open()

    def __repr__(self) -> str:
        return f"ManagedConnection({self.database!r}{', closed' if self._is_closed else ''})"

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Write alone, in a transaction that is committed at the end and rolled back by an exception.

        Errors of your own statements come as they are.

        Raises:
            DuckdbConnectionError: the connection is closed.
        """
        with self._writing, self._cursor("BEGIN") as cursor:
            yield cursor
            cursor.execute("COMMIT")

    @contextmanager
    def readonly(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Read what is there at the first statement, beside other readers and a writer.

        Raises:
            DuckdbConnectionError: the connection is closed.
        """
        with self._cursor("BEGIN TRANSACTION READ ONLY") as cursor:
            yield cursor

    def close(self) -> None:
        """Close the connection once no other thread uses it; closing it again does nothing."""
        with self._state:
            if threading.get_ident() in self._users:
                raise DuckdbConnectionError(f"{self!r} is in use by the thread that closes it; leave the `with` first")
            self._is_closed = True
            self._state.wait_for(lambda: not self._users)
            self._root.close()

    @contextmanager
    def _cursor(self, begin: str) -> Iterator[duckdb.DuckDBPyConnection]:
        user = threading.get_ident()
        with self._state:
            cursor = self._usable().cursor()
            self._users.append(user)
        try:
            cursor.execute(begin)
            yield cursor
        except duckdb.FatalException:
            self._is_broken = True
            raise
        finally:
            cursor.close()  # rolls back what was not committed
            with self._state:
                self._users.remove(user)
                self._state.notify_all()

    def _usable(self) -> duckdb.DuckDBPyConnection:
        if self._is_closed:
            raise DuckdbConnectionError(
                f"the connection to the DuckDB database {self.database} was closed; open a new one with "
                "duckdb.connect(), and in a lifespan close it only after the yield"
            )
        if self._is_broken and not self._users:  # DuckDB gives up a database that it cannot write, as on a full disk
            self._root.close()
            self._root, self._is_broken = self._open(), False
        return self._root

    def _open(self) -> duckdb.DuckDBPyConnection:
        was_killed = bool(self.file) and os.path.exists(f"{self.file}.wal")
        try:
            root = duckdb.connect(self.database, config=self._config)
        except duckdb.Error as error:
            raise _cannot_open(self.database, error) from error
        try:
            is_loaded = bool(root.execute(HAS_VSS).fetchall())
            if was_killed and not is_loaded:  # else another connection of this process has it open
                drop_unfinished_indexes(root)
            self.has_vss = is_loaded or (bool(self._load_vss) and load_vss(root, required=self._load_vss is True))
        except BaseException:
            root.close()
            raise
        return root


def connect(
    database: str | Path, *, load_vss: bool | Literal["auto"] = "auto", config: Mapping[str, Any] | None = None
) -> ManagedConnection:
    """Open a DuckDB database for use by several threads.

    Args:
        database: path of the file, created if missing; `":memory:"` for one that lives as long as the connection.
        load_vss: whether to load the extension for vector indexes; `"auto"` loads it if it is installed.
        config: options of DuckDB, such as `{"memory_limit": "2GB"}`.

    Raises:
        SqlArgumentError: (a TypeError) an argument has the wrong type.
        DuckdbBusyError: another process has the file open.
        DuckdbConnectionError: the database cannot be opened.
        DuckdbExtensionError: `load_vss=True`, and the extension cannot be loaded.
    """
    path = os.fspath(database) if isinstance(database, os.PathLike) else database
    if not isinstance(path, str) or not path or "\0" in path:
        raise SqlArgumentError(f"duckdb.connect() takes the path of a file, or ':memory:', not {shown(database)}")
    if load_vss not in (True, False, "auto"):
        raise SqlArgumentError(f"load_vss= of duckdb.connect() is True, False or 'auto', not {shown(load_vss)}")
    if not isinstance(config, Mapping | None):
        raise SqlArgumentError(f"config= of duckdb.connect() is a dict of DuckDB's options, not {shown(config)}")
    return ManagedConnection(path, config or {}, load_vss)


@contextmanager
def managed_connection(
    database: str | Path, *, load_vss: bool | Literal["auto"] = "auto", config: Mapping[str, Any] | None = None
) -> Iterator[ManagedConnection]:
    """Like `connect`, as a context manager that closes the connection; for `builder.provide_with()` in a lifespan."""
    connection = connect(database, load_vss=load_vss, config=config)
    try:
        yield connection
    finally:
        connection.close()


def _cannot_open(database: str, error: duckdb.Error) -> DuckdbConnectionError:
    if locked := _LOCKED.search(str(error)):
        return DuckdbBusyError(
            f"the DuckDB database {database} is open in another process ({locked[1]}, pid {locked[2]}), and DuckDB has "
            "one process at a time open a file: end that one, or close its connection"
        )
    return DuckdbConnectionError(f"the DuckDB database {database} cannot be opened: {error}")

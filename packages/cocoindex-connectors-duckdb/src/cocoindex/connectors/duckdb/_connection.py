"""A database shared by threads: each thread reads its own snapshot, one writes at a time.

DuckDB connector, connection layer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb
from cocoindex.connectorkits import shown, sql
from cocoindex.errors import SqlArgumentError
from duckdb import DuckDBPyConnection

from ._driver_text import said
from ._vss import drop_unfinished_indexes, has_vss, load_vss
from .errors import DuckdbBusyError, DuckdbConnectionError

__all__ = ["ManagedConnection", "connect", "managed_connection"]

_CONFLICT = re.compile("conflict|failed to commit: primary key", re.IGNORECASE)
_LOCKED = re.compile(r"Conflicting lock is held in (.*?) ?\(PID (\d+)\)")


class ManagedConnection(sql.SharedDatabase[DuckDBPyConnection, DuckDBPyConnection]):
    """A DuckDB database that several threads may use; returned by `connect`.

    Attributes:
        database: the path, as it was given.
        file: the absolute path; empty for a database in memory.
        has_vss: whether the extension for vector indexes is loaded.
    """

    title, module = "DuckDB", "duckdb"
    error, busy = DuckdbConnectionError, DuckdbBusyError
    fatal = duckdb.FatalException  # after it, as on a full disk, DuckDB refuses all further use of the database

    def __init__(self, database: str, config: Mapping[str, Any], load_vss: bool | Literal["auto"]) -> None:
        self.has_vss = False
        self._config, self._load_vss = dict(config), load_vss
        super().__init__(database)

    def session(self, root: DuckDBPyConnection) -> DuckDBPyConnection:
        """Return a cursor, which has its own transactions."""
        return root.cursor()

    def is_conflict(self, error: Exception) -> bool:
        """Say whether the error means that another transaction changed the same rows."""
        return isinstance(error, duckdb.TransactionException) and bool(_CONFLICT.search(str(error)))

    def open(self) -> DuckDBPyConnection:
        """Open the database, with the extension for vector indexes."""
        was_killed = bool(self.file) and os.path.exists(f"{self.file}.wal")
        try:
            root = duckdb.connect(self.database, config=self._config)
        except (duckdb.Error, RuntimeError, ValueError) as error:  # the latter two for half of a surrogate pair
            raise _cannot_open(self.database, error) from None  # its text is in the message, with passwords masked
        try:
            is_loaded = has_vss(root)
            if was_killed and is_loaded is False:  # if loaded, another connection of this process has the database open
                drop_unfinished_indexes(root)
            self.has_vss = bool(is_loaded) or (bool(self._load_vss) and load_vss(root, required=self._load_vss is True))
        except BaseException:
            root.close()
            raise
        return root


def connect(
    database: str | Path, *, load_vss: bool | Literal["auto"] = "auto", config: Mapping[str, Any] | None = None
) -> ManagedConnection:
    """Open a DuckDB database for use by several threads.

    Args:
        database: path of the file, created if missing; `":memory:"` for a database that exists as long as the
            connection.
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
    if not isinstance(load_vss, bool) and load_vss != "auto":
        raise SqlArgumentError(f"load_vss= of duckdb.connect() is True, False or 'auto', not {shown(load_vss)}")
    if not isinstance(config, Mapping | None):
        raise SqlArgumentError(f"config= of duckdb.connect() is a dict of DuckDB's options, not {shown(config)}")
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise _cannot_open(path, error) from None
    return ManagedConnection(path, config or {}, load_vss)


@contextmanager
def managed_connection(
    database: str | Path, *, load_vss: bool | Literal["auto"] = "auto", config: Mapping[str, Any] | None = None
) -> Iterator[ManagedConnection]:
    """Open a database like `connect`, as a context manager for `builder.provide_with()`; it closes the connection."""
    connection = connect(database, load_vss=load_vss, config=config)
    try:
        yield connection
    finally:
        connection.close()


def _cannot_open(database: str, error: Exception) -> DuckdbConnectionError:
    if locked := _LOCKED.search(str(error)):
        return DuckdbBusyError(
            f"the DuckDB database {database} is open in another process ({locked[1]}, pid {locked[2]}), and DuckDB "
            "allows only one process to open a file: end that process, or close its connection"
        )
    if not isinstance(error, duckdb.Error):
        return DuckdbConnectionError(
            f"the DuckDB database {database} cannot be opened: its path and the options in config= have to be text in "
            f"UTF-8 ({error})"
        )
    return DuckdbConnectionError(f"the DuckDB database {database} cannot be opened: {said(error)}")

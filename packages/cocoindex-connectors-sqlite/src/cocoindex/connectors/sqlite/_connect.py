"""Opens a database, with the vector extension if it is available.

SQLite connector, connection layer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from cocoindex.connectorkits import is_number, shown

from ._connection import ManagedConnection
from ._driver import can_load_extensions, sqlite3
from ._driver_errors import is_busy
from .errors import SqliteArgumentError, SqliteConnectionError, SqliteExtensionError

__all__ = ["SQLITE_VEC", "connect", "managed_connection"]

SQLITE_VEC = "sqlite-vec"
_OURS = {"isolation_level": None, "check_same_thread": False, "autocommit": True}


def connect(
    database: str | Path, *, timeout: float = 5.0, load_vec: bool | Literal["auto"] = "auto", **kwargs: Any
) -> ManagedConnection:
    """Open a SQLite database for use by several threads.

    Args:
        database: path of the file, created if missing; `":memory:"` for a database that exists as long as the
            connection.
        timeout: seconds to wait for a lock that another connection holds.
        load_vec: whether to load the sqlite-vec extension; `"auto"` loads it if possible.
        **kwargs: further arguments of the library's `connect`, such as `uri=True`.

    Raises:
        SqliteArgumentError: (a TypeError) an argument has the wrong type.
        SqliteConnectionError: the database cannot be opened, or `kwargs` contain an option that the connection sets
            itself.
        SqliteExtensionError: `load_vec=True`, and the extension cannot be loaded.
    """
    if not isinstance(load_vec, bool) and load_vec != "auto":
        raise SqliteExtensionError(f"load_vec is True, False or 'auto', not {shown(load_vec)}")
    name = _path_of(database)
    if not is_number(timeout) or timeout < 0:
        raise SqliteArgumentError(
            f"timeout= of sqlite.connect() is a number of seconds from 0 on, not {shown(timeout)}"
        )
    connection = _open(name, timeout, kwargs)
    try:
        _touch(connection, name)
        loaded = {SQLITE_VEC} if load_vec and _load_vec(connection, required=load_vec is True) else set()
    except BaseException:
        connection.close()
        raise
    return ManagedConnection(connection, database=name, loaded_extensions=loaded)


@contextmanager
def managed_connection(
    database: str | Path, *, timeout: float = 5.0, load_vec: bool | Literal["auto"] = "auto", **kwargs: Any
) -> Iterator[ManagedConnection]:
    """Open a database like `connect`, as a context manager for `builder.provide_with()`; it closes the connection."""
    connection = connect(database, timeout=timeout, load_vec=load_vec, **kwargs)
    try:
        yield connection
    finally:
        connection.close()


def _path_of(database: object) -> str:
    path = os.fspath(database) if isinstance(database, os.PathLike) else database
    if not isinstance(path, str) or "\0" in path or not _is_a_name(path):
        raise SqliteArgumentError(f"sqlite.connect() takes the path of a file, or ':memory:', not {shown(database)}")
    return path


def _is_a_name(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _open(name: str, timeout: float, kwargs: dict[str, Any]) -> sqlite3.Connection:
    for option, value in _OURS.items():
        if option in kwargs and kwargs.pop(option) != value:
            raise SqliteConnectionError(
                f"sqlite.connect() sets {option}={shown(value)} itself, as transactions and threads rely on it; "
                "leave it out"
            )
    try:
        connection: sqlite3.Connection = sqlite3.connect(
            name, timeout=timeout, isolation_level=None, check_same_thread=False, **kwargs
        )
    except sqlite3.Error as error:
        raise _cannot_open(name, error) from error
    except (TypeError, ValueError, OverflowError) as error:
        raise SqliteArgumentError(f"sqlite.connect() hands {', '.join(kwargs)} on to the library: {error}") from error
    return connection


def _touch(connection: sqlite3.Connection, name: str) -> None:
    # SQLite reads the file only at the first query; without this one, an error would name the first table instead.
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        if not is_busy(error):
            raise _cannot_open(name, error) from error


def _cannot_open(name: str, error: Exception) -> SqliteConnectionError:
    folder = os.path.dirname(name) or "."
    reason = str(error)
    if os.path.isdir(name):
        reason = "it is a folder"
    elif not name.startswith("file:") and not os.path.isdir(folder):
        reason = f"there is no folder {folder}; make it first"
    elif "not a database" in reason:
        reason = f"{reason}; give another path, or move the file away"
    elif os.path.isfile(name) and not os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        reason = (
            f"{reason}; its folder is not writable, as SQLite requires for a database in WAL mode: copy it elsewhere, "
            "or, if nobody writes to it meanwhile, read it with sqlite.connect('file:PATH?immutable=1', uri=True)"
        )
    elif beside := [each for each in (f"{name}-wal", f"{name}-shm") if _is_closed_to_us(each)]:
        reason = (
            f"{reason}; this process has no permission to read and write {' and '.join(beside)}, which belong to the "
            "database: grant it"
        )
    return SqliteConnectionError(f"the SQLite database {name} cannot be opened: {reason}")


def _is_closed_to_us(path: str) -> bool:
    effective = os.access in os.supports_effective_ids
    return os.path.exists(path) and not os.access(path, os.R_OK | os.W_OK, effective_ids=effective)


def _load_vec(connection: sqlite3.Connection, *, required: bool) -> bool:
    problem: object
    if not can_load_extensions(sqlite3):
        problem = "this Python's sqlite3 cannot load extensions; pip install pysqlite3-binary, or use another Python"
    else:
        try:
            path = _vec_path()
            connection.enable_load_extension(True)
            try:
                connection.load_extension(path)
            finally:
                connection.enable_load_extension(False)
            return True
        except ImportError:
            problem = "it is not installed; pip install sqlite-vec"
        except sqlite3.Error as error:
            problem = error
    if required:
        raise SqliteExtensionError(f"the sqlite-vec extension cannot be loaded: {problem}")
    return False


def _vec_path() -> str:
    """Return where the extension is, without importing its Python module, which loads all of numpy."""
    module = find_spec("sqlite_vec")
    if module is None or module.origin is None:
        raise ImportError("sqlite_vec")
    return os.path.join(os.path.dirname(module.origin), "vec0")

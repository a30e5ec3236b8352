"""Errors of the SQLite connector, all derived from `cocoindex.errors.CocoIndexError`. Connector layer."""

from __future__ import annotations

from cocoindex.errors import (
    CocoIndexError,
    SqlArgumentError,
    SqlRecordTypeError,
    SqlRowError,
    SqlSchemaError,
    SqlTableError,
    SqlTableLostError,
)


class SqliteConnectionError(CocoIndexError, ConnectionError):
    """A SQLite database cannot be opened or used, or its connection was closed."""


class SqliteBusyError(CocoIndexError, TimeoutError):
    """Another connection held the lock of a SQLite database for longer than the timeout."""


class SqliteLockError(CocoIndexError, RuntimeError):
    """A transaction was begun where it would wait for the one that surrounds it."""


class SqliteExtensionError(CocoIndexError, RuntimeError):
    """A SQLite extension is needed and cannot be loaded, or is not loaded."""


class SqliteArgumentError(SqlArgumentError):
    """Something of the wrong kind was given to the SQLite connector."""


class SqliteSchemaError(SqlSchemaError):
    """A SQLite table was described in a way in which none can be made."""


class SqliteRecordTypeError(SqliteSchemaError, SqlRecordTypeError):
    """What the rows of a SQLite table were to become is no record type."""


class SqliteTableError(SqlTableError):
    """A SQLite table is not there, is not as it should be, or cannot be read or written."""


class SqliteTableLostError(SqliteTableError, SqlTableLostError):
    """A table is gone, or lacks what it had when it was looked at."""


class SqliteRowError(SqlRowError):
    """A row cannot be stored in its SQLite table, or read as the type that was asked for."""

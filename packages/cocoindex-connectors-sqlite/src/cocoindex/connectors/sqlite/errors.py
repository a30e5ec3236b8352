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
    """A transaction was begun inside another one of the same connection and thread, which would deadlock."""


class SqliteExtensionError(CocoIndexError, RuntimeError):
    """A required SQLite extension cannot be loaded, or is not loaded."""


class SqliteArgumentError(SqlArgumentError):
    """An argument of the SQLite connector has the wrong type."""


class SqliteSchemaError(SqlSchemaError):
    """Invalid definition of a SQLite table."""


class SqliteRecordTypeError(SqliteSchemaError, SqlRecordTypeError):
    """The type of a table's rows is not a supported record type."""


class SqliteTableError(SqlTableError):
    """A SQLite table is missing, differs from its definition, or cannot be read or written."""


class SqliteTableLostError(SqliteTableError, SqlTableLostError):
    """A table, or a column of it, no longer exists, although it did when the connector inspected it."""


class SqliteRowError(SqlRowError):
    """A row cannot be stored in its SQLite table, or cannot be converted to the requested type when it is read."""

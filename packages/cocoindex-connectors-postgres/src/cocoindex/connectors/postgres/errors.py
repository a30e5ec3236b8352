"""Errors of the Postgres connector, all derived from `cocoindex.errors.CocoIndexError`. Connector layer."""

from __future__ import annotations

from cocoindex.errors import (
    CocoIndexError,
    SqlArgumentError,
    SqlAttachmentError,
    SqlRecordTypeError,
    SqlRowError,
    SqlSchemaError,
    SqlTableError,
    SqlTableLostError,
)


class PostgresConnectionError(CocoIndexError, ConnectionError):
    """A PostgreSQL server cannot be reached or refuses the connection, or connections were lost repeatedly."""


class PostgresPoolError(CocoIndexError, TimeoutError):
    """No connection of a PostgreSQL pool became free in time."""


class PostgresBusyError(CocoIndexError, TimeoutError):
    """A PostgreSQL session waited, or a statement took, longer than the timeouts of the session allow."""


class PostgresExtensionError(CocoIndexError, RuntimeError):
    """pgvector is needed, but cannot be set up in the PostgreSQL database."""


class PostgresArgumentError(SqlArgumentError):
    """An argument of the PostgreSQL connector has the wrong type."""


class PostgresSchemaError(SqlSchemaError):
    """Invalid definition of a PostgreSQL table or of one of its indexes."""


class PostgresRecordTypeError(PostgresSchemaError, SqlRecordTypeError):
    """The type of a table's rows is not a supported record type."""


class PostgresTableError(SqlTableError):
    """A PostgreSQL table is missing, differs from its definition, or cannot be read or written."""


class PostgresTableLostError(PostgresTableError, SqlTableLostError):
    """A table, or a column of it, no longer exists, although it did when the connector inspected it."""


class PostgresLockError(PostgresTableError):
    """Another session has locked a PostgreSQL table, or rows of it, for longer than `lock_timeout` allows to wait."""


class PostgresAttachmentError(SqlAttachmentError):
    """An index or a SQL command that belongs to a PostgreSQL table cannot be set up or removed."""


class PostgresRowError(SqlRowError):
    """A row cannot be stored in its PostgreSQL table, or cannot be converted to the requested type when it is read."""

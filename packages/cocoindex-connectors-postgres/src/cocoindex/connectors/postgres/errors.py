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
    """A PostgreSQL server cannot be reached or refuses the connection, or a connection was lost again and again."""


class PostgresPoolError(CocoIndexError, TimeoutError):
    """No connection of a PostgreSQL pool became free in time."""


class PostgresBusyError(CocoIndexError, TimeoutError):
    """A PostgreSQL session waited for longer than its timeouts allow, usually for a lock that another one holds."""


class PostgresExtensionError(CocoIndexError, RuntimeError):
    """pgvector is needed, and cannot be set up in the PostgreSQL database."""


class PostgresArgumentError(SqlArgumentError):
    """Something of the wrong kind was given to the PostgreSQL connector."""


class PostgresSchemaError(SqlSchemaError):
    """A PostgreSQL table, or an index of one, was described in a way in which none can be made."""


class PostgresRecordTypeError(PostgresSchemaError, SqlRecordTypeError):
    """The columns of a PostgreSQL table were to be read from something that is no record type."""


class PostgresTableError(SqlTableError):
    """A PostgreSQL table is not there, is not as it should be, or cannot be read or written."""


class PostgresTableLostError(PostgresTableError, SqlTableLostError):
    """A table is gone, or lacks what it had when it was looked at."""


class PostgresAttachmentError(SqlAttachmentError):
    """An index or a SQL command that belongs to a PostgreSQL table cannot be set up or removed."""


class PostgresRowError(SqlRowError):
    """A row cannot be stored in its PostgreSQL table, or read as the type that was asked for."""

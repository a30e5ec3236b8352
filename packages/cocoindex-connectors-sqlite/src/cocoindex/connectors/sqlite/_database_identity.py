"""Identifies the database of a connection, independent of the path used to open it, and the version of its schema.

SQLite connector, connection layer.
"""

from __future__ import annotations

from cocoindex.connectorkits.sql import file_identity

from ._connection import ManagedConnection
from ._driver import sqlite3

__all__ = ["database_identity", "schema_version"]


def database_identity(connection: ManagedConnection) -> str:
    """Return an identity of the database: that of its file, or of the connection for a database in memory."""
    return file_identity(connection.file, connection)


def schema_version(connection: ManagedConnection, reader: sqlite3.Connection) -> str:
    """Return a text that changes whenever a table, index, view or trigger is created, altered or dropped."""
    ((version,),) = reader.execute("PRAGMA main.schema_version").fetchall()
    return f"{database_identity(connection)} {version}"

"""Identifies the database of a connection, whatever path it was opened by, and the version of its schema.

SQLite connector, connection layer.
"""

from __future__ import annotations

from cocoindex.connectorkits.sql import file_identity

from ._connection import ManagedConnection
from ._driver import sqlite3

__all__ = ["database_identity", "schema_version"]


def database_identity(connection: ManagedConnection) -> str:
    """What tells the database from all others: its file, or the connection itself where it lies in memory."""
    return file_identity(connection.file, connection)


def schema_version(connection: ManagedConnection, reader: sqlite3.Connection) -> str:
    """What changes whenever a table, index, view or trigger of the database is made, altered or dropped."""
    ((version,),) = reader.execute("PRAGMA main.schema_version").fetchall()
    return f"{database_identity(connection)} {version}"

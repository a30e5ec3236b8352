"""Creates the extension pgvector in the database if a table needs it.

Postgres connector, table layer.
"""

from __future__ import annotations

import psycopg

from ._cursor import Connection, execute
from ._driver_errors import INSTALL_PGVECTOR, describe_failure, describe_unless_passing, is_passing
from ._shaping_lock import lock_shaping
from .errors import PostgresExtensionError

__all__ = ["ensure_pgvector"]

_IS_THERE = "SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'vector'"


async def ensure_pgvector(connection: Connection, table: str) -> None:
    """Create the extension if it is missing, in the current transaction.

    Raises:
        PostgresExtensionError: it cannot be created.
    """
    if await execute(connection, _IS_THERE):
        return
    await lock_shaping(connection)
    try:
        async with connection.transaction():
            await execute(connection, "CREATE EXTENSION IF NOT EXISTS vector")
    except psycopg.Error as error:
        if is_passing(error):
            raise describe_unless_passing(error, table) from error
        reason = describe_failure(error, f"setting up pgvector, which the table {table} needs for its vectors,")
        raise PostgresExtensionError(f"{reason}; {INSTALL_PGVECTOR}") from error

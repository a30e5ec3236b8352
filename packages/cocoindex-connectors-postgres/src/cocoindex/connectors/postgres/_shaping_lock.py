"""The lock for creating and altering tables, so that two apps do not create the same object at once.

Postgres connector, table layer.
"""

from __future__ import annotations

from ._cursor import Connection, execute

__all__ = ["lock_shaping"]

_KEY = 0x636F636F696E6478  # "coco" "indx"


async def lock_shaping(connection: Connection) -> None:
    """Wait for the lock that apps hold while they create or alter tables in this database.

    The lock is held until the end of the transaction.
    """
    await execute(connection, "SELECT pg_catalog.pg_advisory_xact_lock($1)", (_KEY,))

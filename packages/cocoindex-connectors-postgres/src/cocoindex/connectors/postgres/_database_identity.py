"""Identifies the database of a pool: the result is the same for all pools of one database.

Postgres connector, connection layer.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from ._cursor import Connection, execute
from ._pool import Pool

__all__ = ["known_identity", "learn_identity"]

_known: WeakKeyDictionary[Pool, str] = WeakKeyDictionary()
_DATABASE = """
    SELECT d.oid::text, pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
    FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
"""
_SERVER = "SELECT system_identifier::text FROM pg_catalog.pg_control_system()"


def known_identity(pool: Pool) -> str | None:
    """Return the result of `learn_identity` for this pool; None if it has not run yet."""
    return _known.get(pool)


async def learn_identity(pool: Pool, connection: Connection) -> str:
    """Return the identity of the pool's database; the server is asked once for each pool.

    It consists of the server's system identifier and the database's OID. If the role has no permission to read the
    former, it is the OID alone.
    """
    known = _known.get(pool)
    if known is None:
        ((database, may_ask),) = await execute(connection, _DATABASE)
        server = (await execute(connection, _SERVER))[0][0] if may_ask else ""
        known = _known[pool] = f"{server}/{database}"
    return known

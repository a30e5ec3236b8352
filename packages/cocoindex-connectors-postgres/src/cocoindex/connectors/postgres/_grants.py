"""Copies the grants on a table to its replacement.

Postgres connector, table layer.
"""

from __future__ import annotations

from typing import NamedTuple

from cocoindex.connectorkits.sql import quoted

from ._cursor import Connection, execute
from ._identifier import TableName

__all__ = ["Grant", "grant_again", "grants_on"]

_FIND = """
    SELECT a.attname, CASE g.grantee WHEN 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(g.grantee) END,
           g.privilege_type, g.is_grantable
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
        SELECT NULL::pg_catalog.name, c.relacl
        UNION ALL
        SELECT attname, attacl FROM pg_catalog.pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
    ) a (attname, acl)
    CROSS JOIN LATERAL pg_catalog.aclexplode(a.acl) g
    WHERE n.nspname = $1 AND c.relname = $2 AND g.grantee <> c.relowner
"""


class Grant(NamedTuple):
    """A privilege on a table, or on one of its columns; for everybody if `role` is None."""

    column: str | None
    role: str | None
    privilege: str
    is_grantable: bool


async def grants_on(connection: Connection, table: TableName) -> list[Grant]:
    """Return the privileges on a table of all roles except its owner."""
    return [Grant(*row) for row in await execute(connection, _FIND, (table.schema, table.table))]


async def grant_again(connection: Connection, table: TableName, grants: list[Grant], columns: set[str]) -> None:
    """Grant the privileges on the replacement of a table; `columns` are the columns that it has."""
    for column, role, privilege, is_grantable in grants:
        if column is None or column in columns:
            await execute(
                connection,
                f"GRANT {privilege}{'' if column is None else f' ({quoted(column)})'} ON {table.quoted} "
                f"TO {'PUBLIC' if role is None else quoted(role)}{' WITH GRANT OPTION' if is_grantable else ''}",
            )

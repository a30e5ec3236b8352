"""Finds objects that others attached to a table of this connector; recreating the table would remove them.

Postgres connector, table layer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from psycopg import errors

from cocoindex.connectorkits.sql import quoted

from ._cursor import Connection, execute
from ._identifier import TableName, shortened
from ._table_mark import SIGN, mark_object

__all__ = ["ForeignObject", "foreign_objects", "mark_as_ours"]

_TABLE = """(
    SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2
)"""
_FIND = f"""
    SELECT 'INDEX', c.relname, pg_catalog.obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = {_TABLE} AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid
    )
    UNION ALL
    SELECT 'CONSTRAINT', conname, pg_catalog.obj_description(oid, 'pg_constraint') FROM pg_catalog.pg_constraint
    WHERE conrelid = {_TABLE} AND contype IN ('c', 'f', 'u', 'x')
    UNION ALL
    SELECT 'TRIGGER', tgname, pg_catalog.obj_description(oid, 'pg_trigger') FROM pg_catalog.pg_trigger
    WHERE tgrelid = {_TABLE} AND NOT tgisinternal
    UNION ALL
    SELECT 'POLICY', polname, pg_catalog.obj_description(oid, 'pg_policy') FROM pg_catalog.pg_policy
    WHERE polrelid = {_TABLE}
    UNION ALL
    SELECT 'RULE', rulename, pg_catalog.obj_description(oid, 'pg_rewrite') FROM pg_catalog.pg_rewrite
    WHERE ev_class = {_TABLE}
    UNION ALL
    SELECT 'STATISTICS', stxname, pg_catalog.obj_description(oid, 'pg_statistic_ext')
    FROM pg_catalog.pg_statistic_ext WHERE stxrelid = {_TABLE}
    UNION ALL
    SELECT 'PUBLICATION', p.pubname, NULL FROM pg_catalog.pg_publication_rel r
    JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = {_TABLE}
"""


class ForeignObject(NamedTuple):
    """An index, a constraint, a trigger, a policy, a rule or statistics of a table, or a publication that names it."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"the {self.kind.lower()} {self.name!r}"

    def identifier(self, table: TableName) -> str:
        """Return the name of the object for COMMENT ON."""
        if self.kind in ("INDEX", "STATISTICS"):
            return f"{self.kind} {quoted(table.schema)}.{quoted(self.name)}"
        return f"{self.kind} {quoted(self.name)} ON {table.quoted}"


async def foreign_objects(connection: Connection, table: TableName) -> list[ForeignObject]:
    """Return the objects of the table that neither this connector nor a declared SQL command created."""
    rows = await execute(connection, _FIND, (table.schema, table.table))
    prefix = shortened(f"{table.table}__vector__")
    return [
        ForeignObject(kind, name)
        for kind, name, comment in rows
        if not _is_ours(comment) and not (kind == "INDEX" and name.startswith(prefix))
    ]


async def mark_as_ours(
    connection: Connection, table: TableName, before: Collection[ForeignObject], command: str, reason: str
) -> None:
    """Mark the objects of the table that a SQL command created: those not in `before`, and those that it names."""
    for found in await foreign_objects(connection, table):
        if (found in before and found.name not in command) or found.kind == "PUBLICATION":
            continue  # a command that only adds the table to a publication does not own the publication
        try:
            await execute(connection, mark_object(found.identifier(table), reason))
        except (errors.InsufficientPrivilege, errors.UndefinedObject, errors.UndefinedTable):
            continue  # it then counts as somebody else's, which only prevents that the table is recreated


def _is_ours(comment: str | None) -> bool:
    return comment is not None and SIGN in comment

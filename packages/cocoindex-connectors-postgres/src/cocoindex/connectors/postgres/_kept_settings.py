"""Copies settings of a table that are not separate objects to its replacement.

Postgres connector, table layer. These are defaults, column comments, row security, storage parameters, replica identity
and the owner.
"""

from __future__ import annotations

from typing import NamedTuple

from ._cursor import Connection, execute
from ._identifier import TableName

__all__ = ["Setting", "set_again", "settings_of"]

# The query returns statements, as the server writes its own expressions and names best. Defaults from a sequence owned
# by the table belong to serial columns and are left out: they are created with the table.
_FIND = """
    WITH t AS (
        SELECT c.*, pg_catalog.format('%I.%I', n.nspname, c.relname) AS named
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = $2
    ), columns AS (
        SELECT a.* FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid WHERE a.attnum > 0 AND NOT a.attisdropped
    )
    SELECT 1 AS place, a.attname, pg_catalog.format(
        'ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', t.named, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
    ) AS statement
    FROM t JOIN columns a ON true JOIN pg_catalog.pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
    WHERE a.attgenerated = '' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend uses
        JOIN pg_catalog.pg_depend owned ON owned.classid = uses.refclassid AND owned.objid = uses.refobjid
        WHERE uses.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND uses.objid = d.oid
            AND uses.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND owned.refclassid = uses.refclassid AND owned.refobjid = t.oid AND owned.deptype IN ('a', 'i')
    )
    UNION ALL
    SELECT 2, a.attname, pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', t.named, a.attname, d.description)
    FROM t JOIN columns a ON true JOIN pg_catalog.pg_description d ON d.objoid = t.oid AND d.objsubid = a.attnum
    WHERE d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
    UNION ALL
    SELECT 3, NULL, pg_catalog.format('ALTER TABLE %s SET UNLOGGED', named) FROM t WHERE relpersistence = 'u'
    UNION ALL
    SELECT 4, NULL, pg_catalog.format('ALTER TABLE %s SET (%s)', named, (
        SELECT pg_catalog.string_agg(pg_catalog.format('%s=%L', option_name, option_value), ', ')
        FROM pg_catalog.pg_options_to_table(reloptions)
    )) FROM t WHERE reloptions IS NOT NULL
    UNION ALL
    SELECT 5, NULL, pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', named) FROM t WHERE relrowsecurity
    UNION ALL
    SELECT 6, NULL, pg_catalog.format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', named) FROM t WHERE relforcerowsecurity
    UNION ALL
    SELECT 7, NULL, pg_catalog.format(
        'ALTER TABLE %s REPLICA IDENTITY %s', named, CASE relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END
    ) FROM t WHERE relreplident IN ('f', 'n')
    UNION ALL
    SELECT 8, NULL, pg_catalog.format('ALTER TABLE %s OWNER TO %I', named, pg_catalog.pg_get_userbyid(relowner))
    FROM t WHERE pg_catalog.pg_get_userbyid(relowner) <> current_user
    ORDER BY place, attname
"""


class Setting(NamedTuple):
    """A statement that applies a setting to a table, or to one of its columns."""

    column: str | None
    statement: str


async def settings_of(connection: Connection, table: TableName) -> list[Setting]:
    """Return the settings of a table; the owner comes last, since only the owner may apply the others."""
    rows = await execute(connection, _FIND, (table.schema, table.table))
    return [Setting(column, statement) for _, column, statement in rows]


async def set_again(connection: Connection, settings: list[Setting], columns: set[str]) -> None:
    """Apply the settings to the replacement of a table; `columns` are the columns that it has."""
    for column, statement in settings:
        if column is None or column in columns:
            await execute(connection, statement)

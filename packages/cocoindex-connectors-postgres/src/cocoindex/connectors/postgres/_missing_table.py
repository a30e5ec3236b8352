"""What to say of a source that is not there: what is there instead.

Postgres connector, source layer.
"""

from __future__ import annotations

from psycopg import Error, errors

from ._cursor import Connection, execute
from ._identifier import TableName
from .errors import PostgresTableError

__all__ = ["is_missing", "missing_table"]

_TABLES = """
    SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname LIMIT 50
"""
_COLUMNS = """
    SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LIMIT 50
"""
_SCHEMAS = """
    SELECT nspname FROM pg_catalog.pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY nspname LIMIT 50
"""


def is_missing(error: BaseException) -> bool:
    """Whether a table or a column that was to be read is not there."""
    return isinstance(error, (errors.UndefinedTable, errors.UndefinedColumn))


async def missing_table(connection: Connection, name: TableName, error: Error) -> PostgresTableError:
    """The exception that says what is there instead."""
    what = f"reading the table {name}"
    columns = [column for (column,) in await execute(connection, _COLUMNS, tuple(name))]
    if columns:
        reason = error.diag.message_primary or str(error)
        return PostgresTableError(f"{what} failed: {reason}; the columns of the table: {', '.join(columns)}")
    tables = [table for (table,) in await execute(connection, _TABLES, (name.schema,))]
    schemas = [schema for (schema,) in await execute(connection, _SCHEMAS)]
    if name.schema not in schemas:
        return PostgresTableError(
            f'{what} failed: schema "{name.schema}" does not exist; schemas there: {", ".join(schemas)}'
        )
    return PostgresTableError(
        f'{what} failed: table "{name.table}" does not exist in schema "{name.schema}"; tables there: '
        f"{', '.join(tables) or 'none'}"
    )

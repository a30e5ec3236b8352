"""The error for a source table that does not exist; it names similar existing tables.

Postgres connector, source layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Error, errors

from cocoindex.connectorkits import sql

from ._cursor import Connection, execute
from ._identifier import TableName
from .errors import PostgresTableError

__all__ = ["is_missing", "missing_table"]

_NEAR = 3
# Tables of all schemas, since the wanted one may be in another schema; those of system schemas come last.
_TABLES = """
    SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'
    ORDER BY n.nspname LIKE 'pg\\_%' OR n.nspname = 'information_schema', c.relname, n.nspname LIMIT 10000
"""
_COLUMNS = """
    SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LIMIT 2000
"""
_SCHEMAS = """
    SELECT nspname FROM pg_catalog.pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY nspname LIMIT 1000
"""


def is_missing(error: BaseException) -> bool:
    """Say whether the error means that a table or a column does not exist."""
    return isinstance(error, (errors.UndefinedTable, errors.UndefinedColumn))


async def missing_table(
    connection: Connection, name: TableName, wanted: Sequence[str], error: Error
) -> PostgresTableError:
    """Return the exception that lists existing tables or columns.

    Args:
        connection: a connection that can run queries.
        name: the table to read.
        wanted: the columns to read; empty for all.
        error: the error of the server.
    """
    what = f"reading the table {name} failed"
    columns = [column for (column,) in await execute(connection, _COLUMNS, tuple(name))]
    if columns:
        reason = error.diag.message_primary or str(error)
        if unknown := [column for column in wanted if column not in columns]:
            like = sql.did_you_mean(near for each in unknown for near in sql.similar_names(each, columns))
            return PostgresTableError(f"{what}: {reason}; the columns of the table: {sql.listed_names(columns)}{like}")
        return PostgresTableError(f"{what}: {reason}; the error is in the view, or in a function that it calls")
    tables = [TableName(*row) for row in await execute(connection, _TABLES)]
    schemas = [schema for (schema,) in await execute(connection, _SCHEMAS)]
    like = sql.did_you_mean(f"table_name={each.table!r}{_in(each, name)}" for each in _alike(name, tables))
    if not any(each.schema == name.schema for each in tables) and name.schema not in schemas:
        return PostgresTableError(
            f'{what}: schema "{name.schema}" does not exist; schemas there: {sql.listed_names(schemas)}{like}'
        )
    there = sql.listed_names([each.table for each in tables if each.schema == name.schema])
    return PostgresTableError(
        f'{what}: table "{name.table}" does not exist in schema "{name.schema}"; tables there: {there}{like}'
    )


def _in(found: TableName, name: TableName) -> str:
    return "" if found.schema == name.schema else f", pg_schema_name={found.schema!r}"


def _alike(name: TableName, tables: Sequence[TableName]) -> list[TableName]:
    """Return the tables that may be meant: in another schema, in another case, or with a similar name."""
    schema, dot, table = name.table.replace('"', "").strip().rpartition(".")
    plain = TableName(schema, table) if dot else TableName(name.schema, table)
    for key in (_as_it_is, _folded):
        if same := [each for each in tables if key(each) == key(plain)]:
            return same[:_NEAR]
    for key in (_as_it_is, _folded):
        if same := [each for each in tables if key(each)[1] == key(plain)[1]]:
            return same[:_NEAR]
    near = sql.similar_names(plain.table, [each.table for each in tables if each.schema == name.schema])
    return [TableName(name.schema, each) for each in near]


def _as_it_is(name: TableName) -> tuple[str, str]:
    return name.schema, name.table


def _folded(name: TableName) -> tuple[str, str]:
    return name.schema.casefold(), name.table.casefold()

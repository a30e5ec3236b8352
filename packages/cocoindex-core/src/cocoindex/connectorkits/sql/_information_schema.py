"""Inspects tables through `information_schema`, or through similar views of the database.

Layer: connectorkits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ._actual_table import ActualColumn, ActualTable
from ._table_mark import Mark

if TYPE_CHECKING:
    from ._dialect_tables import DialectTables

__all__ = ["Catalog", "described_table"]


class Catalog(NamedTuple):
    """The queries for tables and views; by default on `information_schema`, with comments of tables.

    The queries other than `names` have one parameter, written as `?`.

    Args:
        names: selects the names of all tables and views.
        table: by name, ignoring case, selects for each match: the name, whether it is a table, its comment, and its id.
        columns: by that id, selects the columns: their names, their types, and whether they are NOT NULL.
        key: by that id, selects the names of the primary key columns, in key order.
    """

    names: str
    table: str
    columns: str
    key: str

    @classmethod
    def of_information_schema(cls, here: str = "table_schema = current_schema()") -> Catalog:
        """Return the queries on `information_schema`, for tables that satisfy the SQL condition `here`."""
        tables = f"information_schema.tables WHERE {here}"
        names = f"SELECT table_name FROM {tables} ORDER BY 1"
        kind = "table_type <> 'VIEW'"
        table = f"SELECT table_name, {kind}, table_comment, table_name FROM {tables} AND lower(table_name) = lower(?)"
        no_null = "is_nullable = 'NO'"
        columns = f"SELECT column_name, data_type, {no_null} FROM information_schema.columns WHERE {here}"
        key = f"SELECT column_name FROM information_schema.key_column_usage k WHERE {here} AND table_name = ?"
        same = " AND ".join(f"c.{part} = k.{part}" for part in ("constraint_name", "table_name", "table_schema"))
        primary = f"information_schema.table_constraints c WHERE {same} AND constraint_type = 'PRIMARY KEY'"
        key = f"{key} AND EXISTS (SELECT 1 FROM {primary}) ORDER BY ordinal_position"
        return cls(names, table, f"{columns} AND table_name = ?", key)


async def described_table(
    dialect: DialectTables[Any, Any, Any, Any, Any], session: Any, name: str
) -> ActualTable | None:
    """Return the table or view that the database calls `name`, with the mark in its comment; None if there is none."""

    async def ask(query: str, value: object) -> Any:
        return await dialect.execute(session, query.replace("?", dialect.parameter(0)), (value,))

    found = [row for row in await ask(dialect.catalog.table, name) if dialect.folded(row[0]) == dialect.folded(name)]
    if not found:
        return None
    _, is_table, comment, number = found[0]
    columns = {
        dialect.folded(column): ActualColumn(kind, bool(not_null))
        for column, kind, not_null in await ask(dialect.catalog.columns, number)
    }
    key = tuple([dialect.folded(column) for (column,) in await ask(dialect.catalog.key, number)])
    return ActualTable(bool(is_table), columns, key, Mark.read(comment))

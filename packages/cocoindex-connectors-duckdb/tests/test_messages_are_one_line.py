"""What DuckDB says of an error is told in one line, without the statement that the connector sent."""

from __future__ import annotations

import asyncio

import pytest

from cocoindex.connectors import duckdb
from cocoindex.errors import SqlSchemaError, SqlTableError


async def read(connection: duckdb.ManagedConnection, table: str) -> list[object]:
    return [row async for row in duckdb.DuckdbTableSource[object](connection, table_name=table).fetch_rows()]


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("SELECT * FROM gone", "Catalog Error: Table with name gone does not exist!"),
        ("SELECT a::INTEGER b FROM there", "Conversion Error: Could not convert string 'x' to INT32"),
    ],
)
def test_a_view_that_cannot_be_read(connection: duckdb.ManagedConnection, view: str, told: str) -> None:
    with connection.transaction() as transaction:
        transaction.execute("CREATE TABLE gone (a VARCHAR)")
        transaction.execute("CREATE TABLE there AS SELECT 'x' a")
        transaction.execute(f"CREATE VIEW shown AS {view}")
        transaction.execute("DROP TABLE gone")
    with pytest.raises(SqlTableError) as raised:
        asyncio.run(read(connection, "shown"))
    assert f"failed: {told}" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_type_that_does_not_exist() -> None:
    with pytest.raises(SqlSchemaError, match="'TXT' is not a type of DuckDB: Catalog Error: ") as raised:
        duckdb.TableSchema({"id": duckdb.ColumnDef("TXT")}, ["id"])
    assert "\n" not in str(raised.value)

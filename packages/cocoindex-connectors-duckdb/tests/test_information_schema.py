"""What the SQL kit reads of `information_schema` is what DuckDB's own catalog says; sources need no more either."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cocoindex.connectorkits import sql
from cocoindex.connectors import duckdb


class Plain(sql.SharedDialect[duckdb.ManagedConnection, Any]):
    """DuckDB as a dialect that says nothing of its own."""

    name = "duckdb"
    types = sql.TypeMap("DuckDB", sql.STANDARD_SCALARS, "JSON", folded=str.lower)
    driver_error = Exception
    connection_type = duckdb.ManagedConnection


class Source(sql.TableSource[Any]):
    """A table that is read through it."""

    dialect = Plain()


def seen_by(dialect: Any, connection: duckdb.ManagedConnection, name: str) -> sql.ActualTable | None:
    async def look(session: Any) -> sql.ActualTable | None:
        found: sql.ActualTable | None = await dialect.inspect(session, name, None)
        return found

    seen: sql.ActualTable | None = sql.driven(dialect.look(connection, "looking", look))
    return seen


@pytest.fixture
def made(connection: duckdb.ManagedConnection) -> duckdb.ManagedConnection:
    with connection.transaction() as cursor:
        for statement in (
            "CREATE TABLE Docs (Id BIGINT NOT NULL, lang VARCHAR, text VARCHAR, PRIMARY KEY (lang, Id))",
            "CREATE TABLE other (id BIGINT PRIMARY KEY, docs_id BIGINT)",
            "COMMENT ON TABLE Docs IS 'whose it is'",
            "CREATE VIEW texts AS SELECT Id, text FROM Docs",
            "INSERT INTO Docs VALUES (1, 'en', 'one'), (2, 'en', NULL)",
        ):
            cursor.execute(statement)
    return connection


@pytest.mark.parametrize("name", ["Docs", "dOCS", "other", "texts", "nothing"])
def test_the_same_is_seen(made: duckdb.ManagedConnection, name: str) -> None:
    own = duckdb.DuckdbTableSource(made, table_name=name).dialect
    assert seen_by(Source.dialect, made, name) == seen_by(own, made, name)


def test_a_table_is_read(made: duckdb.ManagedConnection) -> None:
    async def read() -> list[Any]:
        return [row async for row in Source(made, table_name="docs", columns=["id", "text"]).fetch_rows()]

    assert asyncio.run(read()) == [{"id": 1, "text": "one"}, {"id": 2, "text": None}]


def test_a_connection_of_another_kind() -> None:
    with pytest.raises(TypeError, match=r"is a str; provide what duckdb\.connect\(\) makes"):
        Source("a.duckdb", table_name="docs")

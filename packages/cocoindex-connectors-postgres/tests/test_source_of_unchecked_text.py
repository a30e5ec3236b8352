"""In a database that checks no text (SQL_ASCII), a row with bytes that are no UTF-8 fails alone."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresRowError

if TYPE_CHECKING:
    from tests.conftest import Server

BAD = r"convert_from('\xe9'::bytea, 'SQL_ASCII')"
VALUES = {"json": f"""('"' || {BAD} || '"')::json""", "text[]": f"ARRAY[{BAD}]"}


@dataclass
class Note:
    id: int
    text: str | None


@dataclass
class AnyNote:
    id: int
    text: Any


@pytest.fixture(scope="module")
def unchecked(server: Server) -> Iterator[str]:
    """How to connect to a database with the encoding SQL_ASCII, which has a table of notes of each kind."""
    with server.new_database("SQL_ASCII") as url:
        yield url


@pytest.mark.parametrize("kind", ["text", "varchar(9)", "char(9)", "json", "text[]", "mood"])
def test_one_row_fails(unchecked: str, kind: str) -> None:
    with psycopg.connect(unchecked) as connection:
        for statement in (
            "DROP TABLE IF EXISTS notes",
            "DROP TYPE IF EXISTS mood",
            f"DO $$ BEGIN EXECUTE 'CREATE TYPE mood AS ENUM (''' || {BAD} || ''')'; END $$",
            f"CREATE TABLE notes (id int, text {kind})",
            f"INSERT INTO notes VALUES (1, NULL), (2, {VALUES.get(kind, f'({BAD})::{kind}')}), (3, NULL)",
        ):
            connection.execute(statement.encode())

    async def read(row_type: Any) -> None:
        async with AsyncConnectionPool[Any](unchecked, open=False) as pool:
            source = postgres.PgTableSource(pool, table_name="notes", row_type=row_type)
            async for row in source.fetch_rows():
                seen.append(row["id"] if row_type is None else row.id)

    for row_type in (None, Note, AnyNote):
        seen: list[int] = []
        with pytest.raises(PostgresRowError, match=r"its column .text. holds .* not text in UTF-8; .* SQL_ASCII"):
            asyncio.run(read(row_type))
        assert seen == [1, 3]


def test_other_texts_are_read_as_they_are(unchecked: str) -> None:
    with psycopg.connect(unchecked) as connection:
        connection.execute("DROP TABLE IF EXISTS notes")
        connection.execute("""CREATE TABLE notes ("é" text, b varchar(9)[], c jsonb, d date)""".encode())
        connection.execute("""INSERT INTO notes VALUES ('漢', '{"é"}', '{"a": "é"}', '2024-01-01')""".encode())

    async def read() -> list[Any]:
        async with AsyncConnectionPool[Any](unchecked, open=False) as pool:
            return [row async for row in postgres.PgTableSource(pool, table_name="notes").fetch_rows()]

    assert asyncio.run(read()) == [{"é": "漢", "b": ["é"], "c": {"a": "é"}, "d": datetime.date(2024, 1, 1)}]

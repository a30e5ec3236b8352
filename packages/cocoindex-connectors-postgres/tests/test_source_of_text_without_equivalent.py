"""Text that the database's own encoding does not define fails its row alone, wherever in the table that row is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresRowError

if TYPE_CHECKING:
    from tests.conftest import Server

COUNT = 1203


@pytest.mark.parametrize(("encoding", "bad"), [("WIN1252", r"\x81"), ("EUC_JP", r"\xa9a1")])
@pytest.mark.parametrize("bads", [(0,), (499, 500, 501), (COUNT - 1,), (1, 700, 1000, 1001)])
def test_bad_rows_fail_alone(server: Server, encoding: str, bad: str, bads: tuple[int, ...]) -> None:
    with server.new_database(encoding) as url:
        with psycopg.connect(url) as connection:
            for statement in (
                "CREATE TABLE notes (id int, text text)",
                f"INSERT INTO notes SELECT n, CASE WHEN n = ANY ('{{{','.join(map(str, bads))}}}') THEN "
                f"convert_from('{bad}'::bytea, '{encoding}') ELSE 'x' END FROM generate_series(0, {COUNT - 1}) n",
            ):
                connection.execute(statement.encode())
        seen: list[int] = []

        async def read() -> None:
            async with AsyncConnectionPool[Any](url, open=False) as pool:
                async for row in postgres.PgTableSource(pool, table_name="notes").fetch_rows():
                    seen.append(row["id"])

        with pytest.raises(PostgresRowError, match=f'a row cannot be read: .* encoding "{encoding}" has no equivalent'):
            asyncio.run(read())
        assert seen == [id for id in range(COUNT) if id not in bads]

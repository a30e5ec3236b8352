"""A database may have an encoding that Python does not know: text is exchanged as UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresPoolError

if TYPE_CHECKING:
    from tests.conftest import Server

pytestmark = pytest.mark.anyio
DB = coco.ContextKey[AsyncConnectionPool[Any]]("db")


async def test_rows_are_read(server: Server) -> None:
    with server.new_database("EUC_TW") as url:
        async with await postgres.create_pool(url) as pool:
            async with pool.connection() as connection:
                await connection.execute("CREATE TABLE docs AS SELECT '中文' AS text")
            source = postgres.PgTableSource(pool, table_name="docs")
            assert [row async for row in source.fetch_rows()] == [{"text": "中文"}]


async def test_a_pool_of_ones_own_is_told_what_to_set(server: Server) -> None:
    with server.new_database("EUC_TW") as url:
        async with AsyncConnectionPool(url, open=False) as pool:
            with pytest.raises(PostgresPoolError, match="'client_encoding': 'UTF8'"):
                [row async for row in postgres.PgTableSource(pool, table_name="docs").fetch_rows()]

"""PostgreSQL tables as sources pass the suite that any source has to pass."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.testing import SourceDriver, SourceSuite

DB = coco.ContextKey[AsyncConnectionPool[Any]]("suite_source_db")


class Rows(SourceDriver[dict[str, Any]]):
    """The rows of a table."""

    connector = "cocoindex.connectors.postgres"
    suite_version = "0.2"

    def __init__(self, database: str) -> None:
        self._database = database
        self._run("CREATE TABLE items (id text PRIMARY KEY, value text)")

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        await builder.provide_async_with(DB, AsyncConnectionPool[Any](self._database, min_size=1, open=False))

    async def source(self) -> Any:
        source = postgres.PgTableSource(coco.use_context(DB), table_name="items")
        return source.fetch_rows().items(lambda row: row["id"])

    async def read(self, item: dict[str, Any]) -> tuple[coco.StableKey, str]:
        return item["id"], item["value"]

    async def put(self, key: coco.StableKey, value: str) -> None:
        self._run("INSERT INTO items VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET value = excluded.value", key, value)

    async def put_alike(self, key: coco.StableKey, value: str) -> None:
        await self.put(key, value)

    async def remove(self, key: coco.StableKey) -> None:
        self._run("DELETE FROM items WHERE id = %s", key)

    async def break_listing(self) -> None:
        self._run("ALTER TABLE items RENAME TO elsewhere")

    async def mend_listing(self) -> None:
        self._run("ALTER TABLE elsewhere RENAME TO items")

    async def fill(self, count: int) -> None:
        self._run("INSERT INTO items SELECT %s || '-' || n, 'text' FROM generate_series(1, %s) AS n", str(count), count)

    def _run(self, statement: str, *parameters: object) -> None:
        with psycopg.connect(self._database) as connection:
            connection.execute(statement.encode(), parameters or None)


class TestRows(SourceSuite):
    @pytest.fixture
    def driver(self, database: str) -> Rows:
        return Rows(database)

"""SQLite tables as sources pass the suite that any source has to pass."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.testing import SourceDriver, SourceSuite

DB = coco.ContextKey[sqlite.ManagedConnection]("suite_source_db")


class Rows(SourceDriver[dict[str, Any]]):
    """The rows of a table."""

    connector = "cocoindex.connectors.sqlite"
    suite_version = "0.2"

    def __init__(self, database: Path) -> None:
        self._database = database
        self._run("CREATE TABLE items (id TEXT PRIMARY KEY, value TEXT)")

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide_with(DB, sqlite.managed_connection(self._database))

    async def source(self) -> Any:
        source = sqlite.SqliteTableSource(coco.use_context(DB), table_name="items")
        return source.fetch_rows().items(lambda row: row["id"])

    async def read(self, item: dict[str, Any]) -> tuple[coco.StableKey, str]:
        return item["id"], item["value"]

    async def put(self, key: coco.StableKey, value: str) -> None:
        self._run("INSERT OR REPLACE INTO items VALUES (?, ?)", key, value)

    async def put_alike(self, key: coco.StableKey, value: str) -> None:
        await self.put(key, value)

    async def remove(self, key: coco.StableKey) -> None:
        self._run("DELETE FROM items WHERE id = ?", key)

    async def break_listing(self) -> None:
        self._run("ALTER TABLE items RENAME TO elsewhere")

    async def mend_listing(self) -> None:
        self._run("ALTER TABLE elsewhere RENAME TO items")

    async def fill(self, count: int) -> None:
        self._run(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO items SELECT ? || '-' || i, 'text' FROM n",
            count,
            count,
        )

    def _run(self, statement: str, *parameters: object) -> None:
        with closing(sqlite3.connect(self._database, isolation_level=None)) as writer:
            writer.execute(statement, parameters)


class TestRows(SourceSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Rows:
        return Rows(tmp_path / "source.sqlite")

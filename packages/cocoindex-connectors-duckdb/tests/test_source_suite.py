"""DuckDB tables as sources pass the suite that any source has to pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.testing import SourceDriver, SourceSuite

DB = coco.ContextKey[duckdb.ManagedConnection]("suite_source_db")


class Rows(SourceDriver[dict[str, Any]]):
    """The rows of a table."""

    connector = "cocoindex.connectors.duckdb"
    suite_version = "0.2"

    def __init__(self, database: Path) -> None:
        self.connection = duckdb.connect(database)
        self._run("CREATE TABLE items (id VARCHAR PRIMARY KEY, value VARCHAR)")

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide(DB, self.connection)

    async def source(self) -> Any:
        source = duckdb.DuckdbTableSource[dict[str, Any]](coco.use_context(DB), table_name="items")
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
        self._run("INSERT INTO items SELECT ? || '-' || n, 'text' FROM range(?) AS numbers(n)", str(count), count)

    def _run(self, statement: str, *parameters: object) -> None:
        with self.connection.transaction() as raw:
            raw.execute(statement, parameters)


class TestRows(SourceSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Iterator[Rows]:
        rows = Rows(tmp_path / "source.duckdb")
        yield rows
        rows.connection.close()

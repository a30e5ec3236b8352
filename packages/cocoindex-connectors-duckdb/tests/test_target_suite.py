"""DuckDB tables pass the suite that any target connector has to pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import duckdb as library
import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.testing import TargetDriver, TargetSuite

DB = coco.ContextKey[duckdb.ManagedConnection]("suite_db")
Table = duckdb.TableTarget[dict[str, Any]]


class Tables(TargetDriver[Table, Any]):
    """Each container is a table, each item a row."""

    connector = "cocoindex.connectors.duckdb"
    suite_version = "0.2"
    values: ClassVar[tuple[Any, Any, Any]] = (1, -2, 2**40)
    refused: ClassVar[tuple[str, Any]] = ("bad", 2**70)
    odd_values: ClassVar[tuple[Any, ...]] = (0, -(2**63), 2**63 - 1, 2**63, True, 1.5, float("inf"), "1", None)
    foreign_containers = "refuse"
    foreign_items = "take"
    changes = (("a column more", "lossy"), ("a column less", "lossy"), ("another type", "destructive"))
    transactional = True
    key_type, value_type = "VARCHAR", "BIGINT"

    def __init__(self, database: Path) -> None:
        self._database = database
        self._connection = duckdb.connect(database)

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide(DB, self._connection)  # one for all updates: opening a file takes longer than most of them

    async def mount(self, container: str, change: str = "", **options: Any) -> Table:
        columns = {"id": self.key_type, "n": self.value_type, "v": "FLOAT[2]"}
        if change == "a column more":
            columns["more"] = "VARCHAR"
        elif change == "a column less":
            del columns["v"]
        elif change == "another type":
            columns["v"] = "VARCHAR"
        schema = duckdb.TableSchema[dict[str, Any]](
            {name: duckdb.ColumnDef(kind) for name, kind in columns.items()}, ["id"]
        )
        return await duckdb.mount_table_target(DB, container, schema, **options)

    async def mount_changed(self, container: str, change: str) -> Table:
        return await self.mount(container, change)

    async def mount_of_user(self, container: str) -> Table:
        return await self.mount(container, managed_by="user")

    async def mount_adopted(self, container: str) -> Table:
        return await self.mount(container, adopt=True)

    def declare(self, handle: Table, key: coco.StableKey, value: Any) -> None:
        handle.declare_row(row={"id": key, "n": value})

    def contents(self, container: str) -> dict[coco.StableKey, Any] | None:
        if not self._run("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", container):
            return None
        return dict(self._run(f"SELECT id, n FROM {container}"))

    def make_by_hand(self, container: str) -> None:
        columns = f"id {self.key_type} PRIMARY KEY, n {self.value_type}, v FLOAT[2]"
        self._run(f"CREATE TABLE IF NOT EXISTS {container} ({columns})")

    def put_by_hand(self, container: str, key: coco.StableKey, value: Any) -> None:
        self.make_by_hand(container)
        self._run(f"INSERT INTO {container} (id, n) VALUES (?, ?)", key, value)

    def remove_by_hand(self, container: str) -> None:
        self._run(f"DROP TABLE IF EXISTS {container}")

    def go_away(self) -> None:
        self._connection.close()

    def come_back(self) -> None:
        # There is no server that could go and come back under an open connection.
        self._connection.__init__(str(self._database), {}, False)  # type: ignore[misc]

    def _run(self, statement: str, *parameters: object) -> list[Any]:
        with closing(library.connect(self._database)) as raw:
            return (raw.execute(statement, parameters) if parameters else raw.execute(statement)).fetchall()


class TestTables(TargetSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Iterator[Tables]:
        tables = Tables(tmp_path / "target.duckdb")
        yield tables
        tables.go_away()

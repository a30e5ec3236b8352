"""SQLite tables pass the suite that any target connector has to pass."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.testing import ODD_TEXTS, TargetDriver, TargetSuite

DB = coco.ContextKey[sqlite.ManagedConnection]("suite_db")
Table = sqlite.TableTarget[dict[str, Any]]


class Tables(TargetDriver[Table, Any]):
    """Each container is a table, each item a row."""

    connector = "cocoindex.connectors.sqlite"
    suite_version = "0.2"
    values: ClassVar[tuple[Any, Any, Any]] = (1, -2, 2**40)
    refused: ClassVar[tuple[str, Any]] = ("bad", 2**70)
    odd_values: ClassVar[tuple[Any, ...]] = (0, -(2**63), 2**63 - 1, 2**63, True, 1.5, float("inf"))
    foreign_containers = "refuse"
    foreign_items = "take"
    changes = (("a column more", "lossy"), ("a column less", "lossy"), ("another type", "destructive"))
    transactional = True
    told_apart = True
    key_type, value_type = "TEXT", "INTEGER"

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lock: Any = None

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide_with(DB, sqlite.managed_connection(self._database, timeout=0.05))

    async def mount(self, container: str, change: str = "", **options: Any) -> Table:
        columns = {"id": self.key_type, "n": self.value_type, "v": "float[2]"}
        if change == "a column more":
            columns["more"] = "TEXT"
        elif change == "a column less":
            del columns["v"]
        elif change == "another type":
            columns["v"] = "TEXT"
        schema = sqlite.TableSchema[dict[str, Any]](
            {name: sqlite.ColumnDef(kind) for name, kind in columns.items()}, ["id"]
        )
        return await sqlite.mount_table_target(DB, container, schema, **options)

    async def mount_changed(self, container: str, change: str) -> Table:
        return await self.mount(container, change)

    async def mount_of_user(self, container: str) -> Table:
        return await self.mount(container, managed_by="user")

    async def mount_adopted(self, container: str) -> Table:
        return await self.mount(container, adopt=True)

    def declare(self, handle: Table, key: coco.StableKey, value: Any) -> None:
        handle.declare_row(row={"id": key, "n": value})

    def contents(self, container: str) -> dict[coco.StableKey, Any] | None:
        if not self._found("SELECT 1 FROM sqlite_master WHERE name = ?", container):
            return None
        return dict(self._found(f"SELECT id, n FROM {container}"))

    def make_by_hand(self, container: str) -> None:
        columns = f"id {self.key_type} NOT NULL PRIMARY KEY, n {self.value_type}, v BLOB"
        self._run(f"CREATE TABLE IF NOT EXISTS {container} ({columns})")

    def put_by_hand(self, container: str, key: coco.StableKey, value: Any) -> None:
        self.make_by_hand(container)
        self._run(f"INSERT INTO {container} (id, n) VALUES (?, ?)", key, value)

    def remove_by_hand(self, container: str) -> None:
        self._run(f"DROP TABLE IF EXISTS {container}")

    def go_away(self) -> None:
        # By the library of the connector: of two libraries in one process, neither sees the other's locks.
        self._lock = sqlite.sqlite3.connect(self._database, isolation_level=None)
        self._lock.execute("BEGIN EXCLUSIVE")

    def come_back(self) -> None:
        self._lock.close()

    def _found(self, query: str, *parameters: object) -> list[Any]:
        with closing(sqlite3.connect(self._database)) as reader:
            return reader.execute(query, parameters).fetchall()

    def _run(self, statement: str, *parameters: object) -> None:
        with closing(sqlite3.connect(self._database, isolation_level=None)) as writer:
            writer.execute(statement, parameters)


class TablesOfAnyCase(Tables):
    """The same with texts, and keys whose case means nothing."""

    values = ("one", "two", "")
    refused = ("bad", float("nan"))
    odd_values = ODD_TEXTS
    key_type, value_type = "TEXT COLLATE NOCASE", "TEXT"
    spellings = (("a", "A"), ("Bc", "bC"))


class TestTables(TargetSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Tables:
        return Tables(tmp_path / "target.sqlite")


class TestTablesOfAnyCase(TargetSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> TablesOfAnyCase:
        return TablesOfAnyCase(tmp_path / "target.sqlite")

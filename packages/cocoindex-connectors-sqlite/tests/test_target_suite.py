"""SQLite tables pass the suite that any target connector has to pass."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.testing import TargetDriver, TargetSuite

DB = coco.ContextKey[sqlite.ManagedConnection]("suite_db")
Table = sqlite.TableTarget[dict[str, Any]]


class Tables(TargetDriver[Table, int]):
    """Each container is a table, each item a row."""

    values = (1, -2, 2**40)
    refused = ("bad", 2**70)
    key_type = "TEXT"

    def __init__(self, database: Path) -> None:
        self._database = database

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide_with(DB, sqlite.managed_connection(self._database))

    async def mount(self, container: str) -> Table:
        columns = {"id": self.key_type, "n": "INTEGER", "v": "float[2]"}
        schema = sqlite.TableSchema[dict[str, Any]](
            {name: sqlite.ColumnDef(kind) for name, kind in columns.items()}, ["id"]
        )
        return await sqlite.mount_table_target(DB, container, schema)

    def declare(self, handle: Table, key: coco.StableKey, value: int) -> None:
        handle.declare_row(row={"id": key, "n": value})

    def contents(self, container: str) -> dict[coco.StableKey, int] | None:
        with closing(sqlite3.connect(self._database)) as reader:
            if not reader.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [container]).fetchone():
                return None
            return dict(reader.execute(f"SELECT id, n FROM {container}").fetchall())

    def remove_by_hand(self, container: str) -> None:
        with closing(sqlite3.connect(self._database)) as writer:
            writer.execute(f"DROP TABLE IF EXISTS {container}")


class TablesOfAnyCase(Tables):
    """The same with keys whose case means nothing."""

    key_type = "TEXT COLLATE NOCASE"
    spellings = (("a", "A"), ("Bc", "bC"))


class TestTables(TargetSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Tables:
        return Tables(tmp_path / "target.sqlite")


class TestTablesOfAnyCase(TargetSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> TablesOfAnyCase:
        return TablesOfAnyCase(tmp_path / "target.sqlite")

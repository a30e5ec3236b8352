"""What the kit does by default is enough for the suite of targets, with a driver that blocks and with an async one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest

import cocoindex as coco
from cocoindex.testing import ODD_TEXTS, TargetDriver, TargetSuite

from .lite import ASYNC, BLOCKING, Dialect, Table, TableSchema, mount

DB = coco.ContextKey[Path]("kit_db")
SCHEMA = TableSchema[dict[str, Any]](
    {"id": Dialect.types.column("TEXT", False, None), "n": Dialect.types.column("INTEGER", False, None)}, ["id"]
)


class Tables(TargetDriver[Table[dict[str, Any]], Any]):
    values: ClassVar[tuple[Any, Any, Any]] = (1, -2, 2**40)
    refused: ClassVar[tuple[str, Any]] = ("bad", None)
    foreign_containers = "refuse"
    foreign_items = "take"
    transactional = True
    suite_version = "0.2"
    odd_keys = ODD_TEXTS

    def __init__(self, database: Path, dialect: Dialect) -> None:
        self._database = database
        self._dialect = dialect

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        builder.provide(DB, self._database)

    async def mount(self, container: str) -> Table[dict[str, Any]]:
        return await mount(self._dialect, DB, container, SCHEMA)

    def declare(self, handle: Table[dict[str, Any]], key: coco.StableKey, value: Any) -> None:
        handle.declare_row(row={"id": key, "n": value})

    def contents(self, container: str) -> dict[coco.StableKey, Any] | None:
        with closing(sqlite3.connect(self._database)) as reader:
            if not reader.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (container,)).fetchall():
                return None
            return dict(reader.execute(f"SELECT id, n FROM {container}").fetchall())

    def put_by_hand(self, container: str, key: coco.StableKey, value: Any) -> None:
        self._run(f"CREATE TABLE IF NOT EXISTS {container} (id TEXT NOT NULL PRIMARY KEY, n INTEGER NOT NULL)")
        self._run(f"INSERT INTO {container} (id, n) VALUES (?, ?)", key, value)

    def _run(self, statement: str, *parameters: object) -> None:
        with closing(sqlite3.connect(self._database, isolation_level=None)) as writer:
            writer.execute(statement, parameters)


class TestBlocking(TargetSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Tables:
        return Tables(tmp_path / "target.sqlite", BLOCKING)


class TestAsync(TargetSuite):
    @pytest.fixture
    def driver(self, tmp_path: Path) -> Tables:
        return Tables(tmp_path / "target.sqlite", ASYNC)

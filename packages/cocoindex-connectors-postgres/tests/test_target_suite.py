"""PostgreSQL tables pass the suite that any target connector has to pass."""

from __future__ import annotations

from typing import Any, ClassVar

import psycopg
import pytest
from psycopg import sql
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.testing import TargetDriver, TargetSuite

DB = coco.ContextKey[AsyncConnectionPool[Any]]("suite_db")
Table = postgres.TableTarget[dict[str, Any]]


class Tables(TargetDriver[Table, int]):
    """Each container is a table, each item a row."""

    suite_version = "0.2"

    values = (1, -2, 2**40)
    refused: ClassVar[tuple[str, int]] = ("bad", 2**70)
    schema = postgres.TableSchema[dict[str, Any]](
        {"id": postgres.ColumnDef("text"), "n": postgres.ColumnDef("bigint")}, ["id"]
    )

    def __init__(self, database: str) -> None:
        self._database = database

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        pool = AsyncConnectionPool[Any](self._database, min_size=1, open=False)
        await builder.provide_async_with(DB, pool)

    async def mount(self, container: str) -> Table:
        return await postgres.mount_table_target(DB, container, self.schema)

    def declare(self, handle: Table, key: coco.StableKey, value: int) -> None:
        handle.declare_row(row={"id": key, "n": value})

    def contents(self, container: str) -> dict[coco.StableKey, int] | None:
        with psycopg.connect(self._database) as connection:
            if connection.execute("SELECT to_regclass(%s)", [container]).fetchone() == (None,):
                return None
            return dict(
                connection.execute(sql.SQL("SELECT id, n FROM {}").format(sql.Identifier(container))).fetchall()
            )

    def remove_by_hand(self, container: str) -> None:
        with psycopg.connect(self._database) as connection:
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(container)))


class RoundedTables(Tables):
    """The same with keys that are rounded."""

    keys = ("1", "2.5", "-3", "0.25")
    refused = ("1e9", 1)
    spellings = (("1", "1.00"), ("2.5", "2.501"), ("-0", "0.001"))
    schema = postgres.TableSchema[dict[str, Any]](
        {"id": postgres.ColumnDef("numeric(8,2)"), "n": postgres.ColumnDef("bigint")}, ["id"]
    )

    def numbered_key(self, number: int) -> str:
        return str(number)

    def contents(self, container: str) -> dict[coco.StableKey, int] | None:
        found = super().contents(container)
        return None if found is None else {f"{key.normalize() + 0:f}": n for key, n in found.items()}  # type: ignore[union-attr]


class TestTables(TargetSuite):
    @pytest.fixture
    def driver(self, database: str) -> Tables:
        return Tables(database)


class TestRoundedTables(TargetSuite):
    @pytest.fixture
    def driver(self, database: str) -> RoundedTables:
        return RoundedTables(database)

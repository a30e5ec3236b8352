"""PostgreSQL tables pass the suite that any target connector has to pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, ClassVar, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.testing import ODD_TEXTS, TargetDriver, TargetSuite

DB = coco.ContextKey[AsyncConnectionPool[Any]]("suite_db")
Table = postgres.TableTarget[dict[str, Any]]


class Mounted(NamedTuple):
    """A table, and what it is called."""

    name: str
    table: Table


class Tables(TargetDriver[Mounted, Any]):
    """Each container is a table, each item a row, each attachment an index made by SQL commands."""

    connector = "cocoindex.connectors.postgres"
    suite_version = "0.2"
    values: ClassVar[tuple[Any, Any, Any]] = (1, -2, 2**40)
    refused: ClassVar[tuple[str, Any]] = ("bad", 2**70)
    odd_values: ClassVar[tuple[Any, ...]] = (0, -(2**63), 2**63 - 1, 2**63)
    foreign_containers = "refuse"
    foreign_items = "take"
    changes = (("a column more", "lossy"), ("a column less", "lossy"), ("another type", "destructive"))
    attachments = ("n DESC", "n, id")
    transactional = True
    told_apart = True
    key_type, value_type = "text", "bigint"

    def __init__(self, database: str) -> None:
        self._database = database
        self._session: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        """End the session in which the database is looked at."""
        if self._session is not None:
            self._session.close()
            self._session = None

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        pool = AsyncConnectionPool[Any](self._database, min_size=1, open=False, timeout=1, reconnect_timeout=1)
        await builder.provide_async_with(DB, pool)

    async def mount(self, container: str, change: str = "", **options: Any) -> Mounted:
        columns = {"id": self.key_type, "n": self.value_type, "v": "integer"}
        if change == "a column more":
            columns["more"] = "text"
        elif change == "a column less":
            del columns["v"]
        elif change == "another type":
            columns["v"] = "text"
        schema = postgres.TableSchema[dict[str, Any]](
            {name: postgres.ColumnDef(kind) for name, kind in columns.items()}, ["id"]
        )
        return Mounted(container, await postgres.mount_table_target(DB, container, schema, **options))

    async def mount_changed(self, container: str, change: str) -> Mounted:
        return await self.mount(container, change)

    async def mount_of_user(self, container: str) -> Mounted:
        return await self.mount(container, managed_by="user")

    async def mount_adopted(self, container: str) -> Mounted:
        return await self.mount(container, adopt=True)

    def declare(self, handle: Mounted, key: coco.StableKey, value: Any) -> None:
        handle.table.declare_row(row={"id": key, "n": value})

    def attach(self, handle: Mounted, name: str, definition: str) -> None:
        index = f"{handle.name}_{name}"
        handle.table.declare_sql_command_attachment(
            name=name,
            setup_sql=f"CREATE INDEX IF NOT EXISTS {index} ON {handle.name} ({definition})",
            teardown_sql=f"DROP INDEX IF EXISTS {index}",
        )

    def attached(self, container: str) -> dict[str, str]:
        found = self._run("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", container)
        ours = {name.removeprefix(f"{container}_"): text for name, text in found if not name.endswith("_pkey")}
        return {name: text.rpartition("(")[2].rstrip(")") for name, text in ours.items()}

    def contents(self, container: str) -> dict[coco.StableKey, Any] | None:
        if self._run("SELECT to_regclass(%s)", container) == [(None,)]:
            return None
        return dict(self._run(f"SELECT id, n FROM {container}"))

    def make_by_hand(self, container: str) -> None:
        columns = f"id {self.key_type} PRIMARY KEY, n {self.value_type}, v integer"
        self._run(f"CREATE TABLE IF NOT EXISTS {container} ({columns})")

    def put_by_hand(self, container: str, key: coco.StableKey, value: Any) -> None:
        self.make_by_hand(container)
        self._run(f"INSERT INTO {container} (id, n) VALUES (%s, %s)", key, value)

    def remove_by_hand(self, container: str) -> None:
        self._run(f"DROP TABLE IF EXISTS {container}")

    def go_away(self) -> None:
        self._allow_connections(False)

    def come_back(self) -> None:
        self._allow_connections(True)

    def _allow_connections(self, allowed: bool) -> None:
        """By a connection to another database: sessions end, and new ones are refused."""
        self.close()
        name = conninfo_to_dict(self._database)["dbname"]
        with psycopg.connect(make_conninfo(self._database, dbname="postgres"), autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}'.encode())
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    def _run(self, statement: str, *parameters: Any) -> list[Any]:
        if self._session is None:  # one for all: to begin a session takes longer than most statements
            self._session = psycopg.connect(self._database, autocommit=True, prepare_threshold=None)
        done = self._session.execute(statement.encode(), parameters or None)
        return done.fetchall() if done.description else []


class RoundedTables(Tables):
    """The same with texts, and keys that are rounded."""

    keys = ("1", "2.5", "-3", "0.25")
    values = ("one", "two", "")
    refused = ("1e9", "x")
    odd_values = tuple(text for text in ODD_TEXTS if "\0" not in text)  # which is removed, and warned of
    spellings = (("1", "1.00"), ("2.5", "2.501"), ("-0", "0.001"))
    key_type, value_type = "numeric(8,2)", "text"

    def numbered_key(self, number: int) -> str:
        return str(number)

    def contents(self, container: str) -> dict[coco.StableKey, Any] | None:
        found: dict[Any, Any] | None = super().contents(container)
        return None if found is None else {f"{key.normalize() + 0:f}": n for key, n in found.items()}


class TestTables(TargetSuite):
    @pytest.fixture
    def driver(self, database: str) -> Iterator[Tables]:
        with closing(Tables(database)) as driver:
            yield driver


class TestRoundedTables(TargetSuite):
    @pytest.fixture
    def driver(self, database: str) -> Iterator[RoundedTables]:
        with closing(RoundedTables(database)) as driver:
            yield driver

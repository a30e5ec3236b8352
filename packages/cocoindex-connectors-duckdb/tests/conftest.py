"""A database file with an open connection, and a project whose apps write into it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The path of a database that is not there yet."""
    return tmp_path / "target.duckdb"


@pytest.fixture
def connection(database: Path) -> Iterator[duckdb.ManagedConnection]:
    """A connection to it."""
    with duckdb.managed_connection(database) as connection:
        yield connection


class Project:
    """Runs apps on one store and one database, each run in an environment of its own, as a new process would.

    Attributes:
        connection: to the database.
        failures: what failed in the background of the last run.
        has_written: whether the last run wrote anything into the files of the database.
    """

    db = coco.ContextKey[duckdb.ManagedConnection]("target_db")

    def __init__(self, store: Path, connection: duckdb.ManagedConnection) -> None:
        self._store = store
        self.connection = connection
        self._provided: list[tuple[coco.ContextKey[Any], Any]] = [(self.db, connection)]
        self.failures: list[BaseException] = []
        self.has_written = False

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
        shutil.rmtree(self._store)

    def query(self, sql: str, *parameters: object) -> list[Any]:
        """All rows of a query."""
        with self.connection.readonly() as reader:
            return reader.execute(sql, parameters).fetchall() if parameters else reader.execute(sql).fetchall()

    def run(self, *statements: str) -> None:
        """Do to the database what somebody else might."""
        with self.connection.transaction() as transaction:
            for statement in statements:
                transaction.execute(statement)

    def tables(self) -> set[str]:
        """The names of the tables."""
        return {name for (name,) in self.query("SELECT table_name FROM duckdb_tables()")}

    async def _in_environment(self, name: str, main: Callable[..., Any], args: tuple[object, ...], act: Any) -> Any:
        context = coco.ContextProvider()
        for key, value in self._provided:
            context.provide(key, value)
        environment = coco.Environment(
            coco.Settings(db_path=self._store),
            context_provider=context,
            exception_handler=lambda error, _: self.failures.append(error),
        )
        self.failures.clear()
        before = self._files()
        try:
            return await act(coco.App(coco.AppConfig(name, environment=environment), main, *args))
        finally:
            environment.close()
            self.has_written = self._files() != before

    def _files(self) -> list[bytes]:
        path = Path(self.connection.file)
        return [file.read_bytes() for file in (path, path.with_name(path.name + ".wal")) if file.exists()]


@pytest.fixture
def project(tmp_path: Path, connection: duckdb.ManagedConnection) -> Project:
    """A project with an empty store and database."""
    return Project(tmp_path / "store", connection)

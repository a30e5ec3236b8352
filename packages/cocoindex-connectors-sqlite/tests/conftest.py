"""A database file with an open connection, and a project whose apps write into it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite

_READS = ("BEGIN", "COMMIT", "SELECT", "PRAGMA", "--")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The path of a database that is not there yet."""
    return tmp_path / "target.sqlite"


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite.ManagedConnection]:
    """A connection to it that has loaded sqlite-vec."""
    with sqlite.managed_connection(database, load_vec=True, timeout=0.05) as connection:
        yield connection


class Project:
    """Runs apps on one store and one database, each run in an environment of its own, as a new process would.

    Attributes:
        connection: to the database.
        failures: what failed in the background of the last run.
        writes: the statements of the last run that changed, or could have changed, the database.
    """

    db = coco.ContextKey[sqlite.ManagedConnection]("target_db")

    def __init__(self, store: Path, connection: sqlite.ManagedConnection) -> None:
        self._store = store
        self.connection = self._connection = connection
        self._provided: list[tuple[coco.ContextKey[Any], Any]] = [(self.db, connection)]
        self.failures: list[BaseException] = []
        self.writes: list[str] = []

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

    def preview(self, main: Callable[..., Any], *args: object) -> list[Any]:
        """The actions that an update would take."""

        async def preview(app: coco.App[Any, Any]) -> list[Any]:
            return await app.update(preview=True)

        found: list[Any] = asyncio.run(self._in_environment("app", main, args, preview))
        return found

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
        with self._connection.readonly() as reader:
            return reader.execute(sql, parameters).fetchall()

    def run(self, *statements: str) -> None:
        """Do to the database what somebody else might."""
        with self._connection.transaction() as transaction:
            transaction.set_trace_callback(None)
            for statement in statements:
                transaction.execute(statement)

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
        self.writes.clear()
        with self._connection.readonly() as traced:
            traced.set_trace_callback(self._trace)
        try:
            return await act(coco.App(coco.AppConfig(name, environment=environment), main, *args))
        finally:
            environment.close()

    def _trace(self, statement: str) -> None:
        if not statement.lstrip().upper().startswith(_READS):
            self.writes.append(statement)


@pytest.fixture
def project(tmp_path: Path, connection: sqlite.ManagedConnection) -> Project:
    """A project with an empty store and database."""
    return Project(tmp_path / "store", connection)

"""A database file with an open connection, and a project whose apps write into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sql_tables.kind import KINDS, Kind
from sql_tables.project import Project as SqlProject

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteArgumentError, SqliteTableError

_READS = ("BEGIN", "COMMIT", "SELECT", "PRAGMA", "--")

KINDS["sqlite"] = Kind(
    sqlite,
    sqlite.SqliteTableSource,
    SqliteArgumentError,
    SqliteTableError,
    integer="INTEGER",
    text="TEXT",
    tables="SELECT name FROM sqlite_master WHERE type = 'table'",
    is_there="SELECT 1 FROM sqlite_master WHERE name = 'docs'",
    columns="SELECT name FROM pragma_table_info('docs')",
    shown="'docs' in {}",
    keys=[
        ("NUMERIC", [1.0, 2.5], "3"),
        ("REAL", [1.5, 0.1], "0.2"),
        ("TEXT COLLATE NOCASE", ["Ab", "c"], "'x'"),
        ("BLOB", [b"\0\\", b"'"], "x'aa'"),
    ],
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The path of a database that is not there yet."""
    return tmp_path / "target.sqlite"


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite.ManagedConnection]:
    """A connection to it that has loaded sqlite-vec."""
    with sqlite.managed_connection(database, load_vec=True, timeout=0.05) as connection:
        yield connection


class Project(SqlProject):
    """Runs apps on one store and one database.

    Attributes:
        connection: to the database.
        writes: the statements of the last run that changed, or could have changed, the database.
    """

    kind = "sqlite"

    def __init__(self, store: Path, connection: sqlite.ManagedConnection) -> None:
        super().__init__(store)
        self.connection = connection
        self.writes: list[str] = []

    @property
    def place(self) -> str:
        return f"the SQLite database {self.connection.database}"

    def query(self, sql: str, *parameters: object) -> list[Any]:
        with self.connection.readonly() as reader:
            return reader.execute(sql, parameters).fetchall()

    def run(self, *statements: str) -> None:
        with self.connection.transaction() as transaction:
            transaction.set_trace_callback(None)
            for statement in statements:
                transaction.execute(statement)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[list[tuple[coco.ContextKey[Any], Any]]]:
        self.writes.clear()
        with self.connection.readonly() as traced:
            traced.set_trace_callback(self._trace)
        yield [(self.db, self.connection)]

    @contextmanager
    def elsewhere(self) -> Iterator[Project]:
        with sqlite.managed_connection(self.store.with_name("second.sqlite")) as connection:
            yield Project(self.store, connection)

    def beside(self, store: Path) -> Project:
        return Project(store, self.connection)

    def writes_nothing(self, main: Callable[..., Any], *args: object, app: str = "app") -> bool:
        self.update(main, *args, app=app)
        return self.writes == []

    def also_under(self, key: coco.ContextKey[Any]) -> None:
        self.provide(key, self.connection)

    def _trace(self, statement: str) -> None:
        if not statement.lstrip().upper().startswith(_READS):
            self.writes.append(statement)


@pytest.fixture
def project(tmp_path: Path, connection: sqlite.ManagedConnection) -> Project:
    """A project with an empty store and database."""
    return Project(tmp_path / "store", connection)

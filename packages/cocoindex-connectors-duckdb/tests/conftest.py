"""A database file with an open connection, and a project whose apps write into it."""

from __future__ import annotations

import datetime
import decimal
import math
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sql_tables.kind import KINDS, Kind
from sql_tables.project import Project as SqlProject

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.errors import SqlArgumentError, SqlTableError

KINDS["duckdb"] = Kind(
    duckdb,
    duckdb.DuckdbTableSource,
    SqlArgumentError,
    SqlTableError,
    integer="INTEGER",
    text="VARCHAR",
    tables="SELECT table_name FROM duckdb_tables()",
    is_there="SELECT 1 FROM duckdb_tables() WHERE table_name = 'docs'",
    columns="SELECT column_name FROM duckdb_columns() WHERE table_name = 'docs'",
    shown="'docs' in {}",
    keys=[
        ("DECIMAL(5, 1)", [1, decimal.Decimal("2.5")], "3"),
        ("DOUBLE", [1.5, 0.1, math.nan, 0.0], "0.2"),
        ("VARCHAR", ["a\0\\'", "", "é"], "'x'"),
        ("UUID", [uuid.UUID(int=1), uuid.UUID(int=2**127)], "uuid()"),
        ("TIMESTAMPTZ", [datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)], "now()"),
        ("HUGEINT", [2**100, -(2**127)], "3"),
        ("BLOB", [b"\0\\", b"'", b""], "'\\xAA'::BLOB"),
    ],
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The path of a database that is not there yet."""
    return tmp_path / "target.duckdb"


@pytest.fixture
def connection(database: Path) -> Iterator[duckdb.ManagedConnection]:
    """A connection to it."""
    with duckdb.managed_connection(database) as connection:
        yield connection


class Project(SqlProject):
    """Runs apps on one store and one database.

    Attributes:
        connection: to the database.
        writes: which of the database's files the last run changed.
    """

    kind = "duckdb"

    def __init__(self, store: Path, connection: duckdb.ManagedConnection) -> None:
        super().__init__(store)
        self.connection = connection
        self.writes: list[str] = []

    @property
    def has_written(self) -> bool:
        """Whether the last run wrote anything into the files of the database."""
        return self.writes != []

    @property
    def place(self) -> str:
        return f"the DuckDB database {self.connection.database}"

    def query(self, sql: str, *parameters: object) -> list[Any]:
        with self.connection.readonly() as reader:
            return reader.execute(sql, parameters).fetchall() if parameters else reader.execute(sql).fetchall()

    def run(self, *statements: str) -> None:
        with self.connection.transaction() as transaction:
            for statement in statements:
                transaction.execute(statement)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[list[tuple[coco.ContextKey[Any], Any]]]:
        self.writes.clear()
        before = self._files()
        try:
            yield [(self.db, self.connection)]
        finally:
            after = self._files()
            self.writes += [name for name in before | after if before.get(name) != after.get(name)]

    @contextmanager
    def elsewhere(self) -> Iterator[Project]:
        with duckdb.managed_connection(self.store.with_name("second.duckdb")) as connection:
            yield Project(self.store, connection)

    def beside(self, store: Path) -> Project:
        return Project(store, self.connection)

    def writes_nothing(self, main: Callable[..., Any], *args: object, app: str = "app") -> bool:
        self.update(main, *args, app=app)
        return self.writes == []

    def also_under(self, key: coco.ContextKey[Any]) -> None:
        self.provide(key, self.connection)

    def _files(self) -> dict[str, bytes]:
        path = Path(self.connection.file)
        return {file.name: file.read_bytes() for file in (path, path.with_name(path.name + ".wal")) if file.exists()}


@pytest.fixture
def project(tmp_path: Path, connection: duckdb.ManagedConnection) -> Project:
    """A project with an empty store and database."""
    return Project(tmp_path / "store", connection)

"""The row that a database refuses is found by trying, where its driver says no more than that there is one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits import sql
from cocoindex.connectorkits.target import ManagedBy
from cocoindex.errors import SqlRowError

from .lite import ASYNC, BLOCKING, Dialect

DB = coco.ContextKey[Path]("kit_db")
RECORD = sql.TableRecord(
    ManagedBy.SYSTEM, {"id": sql.ColumnRecord("INTEGER", False), "n": sql.ColumnRecord("INTEGER", False)}, ("id",)
)


@pytest.fixture
def context(tmp_path: Path) -> coco.ContextProvider:
    context = coco.ContextProvider()
    context.provide(DB, tmp_path / "target.sqlite")
    with closing(sqlite3.connect(tmp_path / "target.sqlite", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE docs (id INTEGER PRIMARY KEY, n INTEGER NOT NULL UNIQUE CHECK (n <> 13))")
        connection.execute("INSERT INTO docs VALUES (100, 5)")
    return context


def write(context: coco.ContextProvider, writer: sql.TableWriter, actions: Sequence[tuple[int, int | None]]) -> None:
    writes = [sql.RowAction(writer, key if n else (key,), None if n is None else (key, n)) for key, n in actions]
    asyncio.run(sql.ContentsSink(writer.dialect, DB.key).apply(context, writes))


def rows(context: coco.ContextProvider) -> list[Any]:
    with closing(sqlite3.connect(context.get(DB))) as connection:
        return connection.execute("SELECT id, n FROM docs ORDER BY id").fetchall()


@pytest.mark.parametrize("dialect", [BLOCKING, ASYNC])
@pytest.mark.parametrize("bad", [0, 1, 6, 10])
def test_one_of_many(context: coco.ContextProvider, dialect: Dialect, bad: int) -> None:
    actions = [(at, 13 if at == bad else 20 + at) for at in range(11)]
    with pytest.raises(SqlRowError, match=rf"Lite refuses the row \(id={bad}\) of the table 'docs': CHECK") as raised:
        write(context, sql.StatementWriter(dialect, "docs", RECORD), actions)
    assert isinstance(raised.value.__cause__, sqlite3.IntegrityError)
    assert rows(context) == [(100, 5)]


def test_the_second_of_two_that_are_in_one_another_s_way(context: coco.ContextProvider) -> None:
    with pytest.raises(SqlRowError, match=r"the row \(id=3\) .* UNIQUE"):
        write(context, sql.StatementWriter(BLOCKING, "docs", RECORD), [(1, 7), (2, 8), (3, 7), (4, 9)])


def test_what_a_deleted_row_leaves_is_free(context: coco.ContextProvider) -> None:
    write(context, sql.StatementWriter(BLOCKING, "docs", RECORD), [(1, 5), (100, None)])
    assert rows(context) == [(1, 5)]


class Exchanging(Dialect):
    """Says which errors are of values that are unique."""

    def is_of_unique(self, error: Exception) -> bool:
        return "UNIQUE" in str(error)


class Replacing(sql.StatementWriter):
    """Deletes rows before it writes them."""

    async def replace(self, session: Any, writes: Sequence[sql.RowAction]) -> bool:
        await self.delete(session, [(action.key,) for action in writes])
        await self.write(session, writes)
        return True


def test_rows_exchange_unique_values_where_the_writer_can_replace_them(context: coco.ContextProvider) -> None:
    dialect = Exchanging()
    write(context, Replacing(dialect, "docs", RECORD), [(1, 6)])
    write(context, Replacing(dialect, "docs", RECORD), [(1, 5), (100, 6)])
    assert rows(context) == [(1, 5), (100, 6)]
    with pytest.raises(SqlRowError, match=r"the row \(id=3\) .* UNIQUE"):
        write(context, Replacing(dialect, "docs", RECORD), [(2, 7), (3, 7)])

"""A table that somebody drops, alters or exchanges during a live update is made or filled anew, with all its rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")

PATIENCE_SECONDS = 60.0

Rows = list[tuple[int, str]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


class Texts:
    """A live map of texts by number."""

    def __init__(self) -> None:
        self.items = {1: "one", 2: "two"}
        self._subscriber: Any = None

    async def __aiter__(self) -> AsyncIterator[tuple[int, tuple[int, str]]]:
        for item in list(self.items.items()):
            yield item[0], item

    async def watch(self, subscriber: Any) -> None:
        self._subscriber = subscriber
        await subscriber.update_all()
        await subscriber.mark_ready()
        await asyncio.Event().wait()

    async def put(self, number: int, text: str) -> None:
        self.items[number] = text
        await self._subscriber.update(number, (number, text))


@coco.fn(memo=True)
async def put(item: tuple[int, str], table: sqlite.TableTarget[Any]) -> None:
    table.declare_row(row={"id": item[0], "text": item[1]})


async def follow(app: coco.App[Any, Any], holds: Callable[[], bool], steps: Callable[[Until], Awaitable[None]]) -> None:
    """Update live; once the target holds what it should, do the steps, until it does so again."""
    handle = app.update(live=True)
    result = asyncio.ensure_future(handle.result())

    async def until(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for snapshot in handle.watch():
                if snapshot.status is coco.UpdateStatus.READY and condition():
                    return

    try:
        await until(holds)
        await steps(until)
        await until(holds)
    finally:
        result.cancel()
        with suppress(asyncio.CancelledError):
            await result


class Following:
    """An app that keeps a table, in an environment of its own."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.texts = Texts()
        self.failures: list[BaseException] = []
        self._options = options

    def sql(self, *statements: str) -> Rows:
        """Do what somebody else might; gives the rows of the last statement."""
        with sqlite.managed_connection(self.folder / "target.sqlite") as other, other.transaction() as connection:
            found: Rows = []
            for statement in statements:
                found = connection.execute(statement).fetchall()
            return found

    def holds(self) -> bool:
        tables = self.sql("SELECT name FROM pragma_table_info('docs')")
        if {"id", "text"} - {name for (name,) in tables}:  # type: ignore[misc]
            return False
        return self.sql("SELECT id, text FROM docs ORDER BY id") == sorted(self.texts.items.items())

    def run(self, *statements: str, mended_by: str = "") -> None:
        """Update live, have somebody execute the statements, change a row; then the table holds all again.

        Args:
            mended_by: what somebody executes once a failure was told.
        """

        async def steps(until: Until) -> None:
            self.sql(*statements)
            await self.texts.put(3, "three")
            if mended_by:
                await until(lambda: self.failures)
                self.sql(mended_by)

        async def main() -> None:
            schema = sqlite.TableSchema[Any](
                {"id": sqlite.ColumnDef("INTEGER"), "text": sqlite.ColumnDef("TEXT")}, ["id"]
            )
            table = await sqlite.mount_table_target(DB, "docs", schema, **self._options)
            await coco.mount_each(put, self.texts, table)

        async def run() -> None:
            with sqlite.managed_connection(self.folder / "target.sqlite") as connection:
                context = coco.ContextProvider()
                context.provide(DB, connection)
                environment = coco.Environment(
                    coco.Settings(db_path=self.folder / "store"),
                    context_provider=context,
                    exception_handler=lambda error, _: self.failures.append(error),
                )
                try:
                    app = coco.App(coco.AppConfig("app", environment=environment), main)
                    await follow(app, self.holds, steps)
                finally:
                    environment.close()

        asyncio.run(run())


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP TABLE docs"],
        ["ALTER TABLE docs RENAME TO elsewhere"],
        ["ALTER TABLE docs DROP COLUMN text"],
        ["DROP TABLE docs", "CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT)"],
        ["DROP TABLE docs", "CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT, more TEXT DEFAULT 'x')"],
    ],
)
def test_all_rows_are_there_again(tmp_path: Path, statements: list[str]) -> None:
    following = Following(tmp_path)
    following.run(*statements)
    assert following.failures == []


def test_a_table_in_its_place_that_does_not_fit_is_told_as_what_it_is(tmp_path: Path) -> None:
    following = Following(tmp_path)

    following.run(
        "DROP TABLE docs",
        "CREATE TABLE docs (id INTEGER PRIMARY KEY)",
        mended_by="ALTER TABLE docs ADD COLUMN text text",
    )
    assert {str(error).rpartition("; ")[2] for error in following.failures} == {
        "as this app did not make it you add them yourself"
    }


def test_a_table_of_the_user_is_filled_when_it_is_there_again(tmp_path: Path) -> None:
    following = Following(tmp_path, managed_by="user")
    make = "CREATE TABLE docs (id INTEGER PRIMARY KEY, text TEXT)"
    following.sql(make)

    following.run("DROP TABLE docs", mended_by=make)
    assert all("you make it yourself" in str(error) for error in following.failures)

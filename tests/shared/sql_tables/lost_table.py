"""A table that somebody drops, alters or exchanges during a live update is made or filled anew, with all its rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

import cocoindex as coco

from .project import Project

__all__ = ["LostTable"]

PATIENCE_SECONDS = 60.0

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
async def put(item: tuple[int, str], table: Any) -> None:
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
    """An app that keeps a table."""

    def __init__(self, project: Project, **options: Any) -> None:
        self.project = project
        self.texts = Texts()
        self._options = options

    def holds(self) -> bool:
        """Whether the table holds what it should."""
        columns = {name for (name,) in self.project.query(self.project.sql.columns)}
        if {"id", "text"} - columns:
            return False
        rows = self.project.query("SELECT id, text FROM docs ORDER BY id")
        return rows == sorted(self.texts.items.items())

    def run(self, *statements: str, mended_by: str = "") -> None:
        """Update live, have somebody execute the statements, change a row; then the table holds all again.

        Args:
            mended_by: what somebody executes once a failure was told.
        """
        sql = self.project.sql

        async def steps(until: Until) -> None:
            self.project.run(*statements)
            await self.texts.put(3, "three")
            if mended_by:
                await until(lambda: self.project.failures)
                self.project.run(mended_by)

        async def main() -> None:
            schema = sql.schema(id=sql.integer, text=sql.text)
            table = await sql.module.mount_table_target(self.project.db, "docs", schema, **self._options)
            await coco.mount_each(put, self.texts, table)

        async def act(app: coco.App[Any, Any]) -> None:
            await follow(app, self.holds, steps)

        asyncio.run(self.project.in_environment("app", main, (), act))


class LostTable:
    """Tests that each connector runs.

    Attributes:
        anew: what stands in the statement that makes a table anew where the same one makes what looks the same.
    """

    anew = ""

    @pytest.fixture(autouse=True)
    def short_pauses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The app tries again soon, and not after seconds."""
        monkeypatch.setattr("cocoindex._engine.root_again.doubled", lambda times, longest: 0.05)

    @pytest.mark.parametrize(
        "statements",
        [
            ["DROP TABLE docs"],
            ["ALTER TABLE docs RENAME TO elsewhere"],
            ["ALTER TABLE docs DROP COLUMN text"],
            ["DROP TABLE docs", "CREATE TABLE docs (id {int} PRIMARY KEY, text {text})"],
            ["DROP TABLE docs", "CREATE TABLE docs (id {int} PRIMARY KEY, text {text}, more {text} DEFAULT 'x')"],
        ],
        ids=["gone", "renamed", "without a column", "another one", "another one with a column more"],
    )
    def test_all_rows_are_there_again(self, project: Project, statements: list[str]) -> None:
        sql = project.sql
        Following(project).run(*(statement.format(int=sql.integer, text=sql.text) for statement in statements))
        assert project.failures == []

    def test_a_table_in_its_place_that_does_not_fit_is_told_as_what_it_is(self, project: Project) -> None:
        Following(project).run(
            "DROP TABLE docs",
            f"CREATE TABLE docs (id {project.sql.integer} PRIMARY KEY)",
            mended_by=f"ALTER TABLE docs ADD COLUMN text {project.sql.text}",
        )
        assert {str(error).rpartition("; ")[2] for error in project.failures} == {
            "as this app did not make it, add them yourself"
        }

    def test_a_table_of_the_user_is_filled_when_it_is_there_again(self, project: Project) -> None:
        make = f"CREATE TABLE docs (id {project.sql.integer} PRIMARY KEY, text {project.sql.text})"
        project.run(make)
        anew = make.removesuffix(")") + self.anew + ")"
        Following(project, managed_by="user").run("DROP TABLE docs", mended_by=anew)
        assert all("you create it yourself" in str(error) for error in project.failures)

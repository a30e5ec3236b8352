"""A row of a table of others that was there before it was declared stays when it is no longer declared."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "a": sqlite.ColumnDef("TEXT")}, ["id"])


@coco.fn
async def row_of(id: int, text: str, table: sqlite.TableTarget[Any]) -> None:
    table.declare_row(row={"id": id, "a": text})


@coco.fn
async def main(rows: dict[int, str], options: dict[str, Any]) -> None:
    table = await sqlite.mount_table_target(DB, "docs", SCHEMA, **options)
    for id, text in rows.items():
        await coco.mount(coco.component_subpath(id), row_of, id, text, table)


@pytest.fixture(params=[{"managed_by": "user"}, {"adopt": True}], ids=["user", "adopt"])
def options(request: pytest.FixtureRequest, project: Project) -> Any:
    """How the table of others is declared, in which there are two rows, with a column of their own."""
    project.run(
        "CREATE TABLE docs (id INTEGER PRIMARY KEY, a text, note text)",
        "INSERT INTO docs VALUES (1, 'theirs', 'mine'), (2, 'theirs', 'mine')",
    )
    return request.param


def rows(project: Project) -> list[Any]:
    return project.query("SELECT id, a, note FROM docs ORDER BY id")


def test_it_gets_what_is_declared_and_stays(
    project: Project, options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        project.update(main, {1: "x", 3: "x"}, options)
    assert rows(project) == [(1, "x", "mine"), (2, "theirs", "mine"), (3, "x", None)]
    assert [record.getMessage() for record in caplog.records] == [
        f"rows of the table 'docs' in the SQLite database {project.connection.database} were there before they were "
        "declared, such as (id=1): they hold what is declared, and stay when they are no longer declared. If they are "
        "to be the app's, delete them and run the update with full_reprocess=True"
    ]
    caplog.clear()
    project.update(main, {1: "x", 3: "x"}, options)
    assert project.writes == []
    project.update(main, {1: "y", 3: "y"}, options)
    assert rows(project) == [(1, "y", "mine"), (2, "theirs", "mine"), (3, "y", None)]
    project.update(main, {}, options)
    assert rows(project) == [(1, "y", "mine"), (2, "theirs", "mine")]
    assert caplog.records == []
    assert project.failures == []


def test_one_that_was_deleted_and_written_anew_is_the_apps(project: Project, options: dict[str, Any]) -> None:
    project.update(main, {1: "x"}, options)
    project.run("DELETE FROM docs WHERE id = 1")
    project.update(main, {1: "x"}, options, full_reprocess=True)
    assert rows(project) == [(1, "x", None), (2, "theirs", "mine")]
    project.update(main, {}, options)
    assert rows(project) == [(2, "theirs", "mine")]


def test_many(project: Project, options: dict[str, Any]) -> None:
    project.run(*(f"INSERT INTO docs VALUES ({n}, 'theirs', 'mine')" for n in range(3, 201)))
    project.update(main, dict.fromkeys(range(101, 301), "x"), options)
    project.update(main, {}, options)
    assert [row[0] for row in rows(project)] == list(range(1, 201))

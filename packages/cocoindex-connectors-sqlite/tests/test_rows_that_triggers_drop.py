"""A row that a trigger keeps from being stored fails its component, and a deleted row that stays is told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteRowError, SqliteTableError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = sqlite.TableSchema[dict[str, Any]]({"id": sqlite.ColumnDef("INTEGER"), "a": sqlite.ColumnDef("TEXT")}, ["id"])
TABLE = "CREATE TABLE docs (id INTEGER PRIMARY KEY, a TEXT)"
IGNORE = "BEGIN SELECT RAISE(IGNORE); END"


@coco.fn
async def row_of(id: int, a: str, table: sqlite.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": id, "a": a})


@coco.fn
async def main(count: int, a: str, first: int = 0) -> None:
    table = await sqlite.mount_table_target(DB, "docs", SCHEMA, managed_by="user")
    for id in range(first, count):
        await coco.mount(coco.component_subpath(id), row_of, id, a, table)


def fails_alone(project: Project, message: str) -> None:
    assert len(project.failures) == 1
    with pytest.raises(SqliteRowError, match=message):
        raise project.failures[0]


@pytest.mark.parametrize(
    "trigger",
    [
        f"BEFORE INSERT ON docs WHEN NEW.id = 2 {IGNORE}",
        "AFTER INSERT ON docs WHEN NEW.id = 2 BEGIN UPDATE docs SET id = 1002 WHERE id = 2; END",
        "AFTER INSERT ON docs BEGIN DELETE FROM docs WHERE id = 2; END",
    ],
    ids=["dropped", "another key", "deleted again"],
)
def test_a_row_that_a_trigger_keeps_from_being_stored(project: Project, trigger: str) -> None:
    project.run(TABLE, f"CREATE TRIGGER meddler {trigger}")
    project.update(main, 9, "x")
    fails_alone(project, r"accepted the row \(id=2\) of the table 'docs' without an error, but did not store it")
    assert project.ids == [id for id in range(9) if id != 2]
    project.run("DROP TRIGGER meddler")
    project.update(main, 9, "x")
    assert project.failures == []
    assert project.ids == [*range(9)]


def test_a_change_that_a_trigger_drops(project: Project) -> None:
    project.run(TABLE)
    project.update(main, 9, "x")
    project.run(f"CREATE TRIGGER meddler BEFORE UPDATE ON docs WHEN NEW.id = 2 {IGNORE}")
    project.update(main, 9, "y")
    fails_alone(project, r"row \(id=2\)")
    assert project.query("SELECT id FROM docs WHERE a = 'x'") == [(2,)]


def test_a_trigger_that_leaves_unchanged_rows_as_they_are(project: Project) -> None:
    project.run(TABLE, f"CREATE TRIGGER same BEFORE UPDATE ON docs WHEN OLD.a IS NEW.a {IGNORE}")
    project.update(main, 9, "x")
    project.update(main, 9, "x", full_reprocess=True)
    assert project.failures == []


def test_deleted_rows_that_stay_are_told_once(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    project.run(TABLE, f"CREATE TRIGGER keeper BEFORE DELETE ON docs {IGNORE}")
    project.update(main, 9, "x")
    with caplog.at_level(logging.WARNING):
        project.update(main, 9, "x", 2)
    assert project.failures == []
    (told,) = [record.getMessage() for record in caplog.records]
    assert "the table 'docs' still has 2 of the rows that were deleted" in told


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ([TABLE.replace("docs", "base"), "CREATE VIEW docs AS SELECT * FROM base"], "it is a view"),
        (["CREATE VIRTUAL TABLE docs USING fts5(id, a)"], "it is a virtual table"),
        (["CREATE TABLE docs (id INTEGER, a TEXT)"], r"PRIMARY KEY or UNIQUE constraint on exactly \(id\)"),
        (
            ["CREATE TABLE docs (id INTEGER, a TEXT)", "CREATE UNIQUE INDEX some ON docs (id) WHERE a > 'b'"],
            "PRIMARY KEY or UNIQUE constraint",
        ),
        (["CREATE TABLE docs (id INTEGER PRIMARY KEY, a TEXT AS (id) STORED)"], "leave the column out of the schema"),
    ],
)
def test_what_takes_no_rows_is_told_once(project: Project, statements: list[str], why: str) -> None:
    project.run(*statements)
    with pytest.raises(SqliteTableError, match=f"^rows of the table 'docs' .* cannot be written: .*{why}"):
        project.update(main, 2, "x")


def test_a_unique_index_is_enough(project: Project) -> None:
    project.run("CREATE TABLE docs (ID INTEGER, a TEXT)", "CREATE UNIQUE INDEX once ON docs (id)")
    project.update(main, 2, "x")
    assert project.failures == []


def test_a_trigger_that_needs_what_is_not_there(project: Project) -> None:
    project.run(TABLE, "CREATE TRIGGER meddler BEFORE INSERT ON docs BEGIN INSERT INTO nowhere VALUES (1); END")
    project.update(main, 1, "x")
    (failure,) = project.failures
    assert type(failure) is SqliteTableError  # the table is not lost
    assert "no such table: main.nowhere; a trigger, view or foreign key of the table refers to it" in str(failure)

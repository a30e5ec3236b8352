"""A table of others may say what becomes of a row that is in conflict with another one: neither is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteRowError

if TYPE_CHECKING:
    from tests.conftest import Project


@coco.fn
async def row_of(id: int, value: str | None, table: Any) -> None:
    table.declare_row(row={"id": id, "a": value})


@coco.fn
async def keep(key: coco.ContextKey[Any], rows: dict[int, str | None], options: dict[str, Any]) -> None:
    schema = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "a": sqlite.ColumnDef("TEXT")}, ["id"])
    table = await sqlite.mount_table_target(key, "docs", schema, **options)
    for id, value in rows.items():
        await coco.mount(coco.component_subpath(id), row_of, id, value, table)


@pytest.mark.parametrize("options", [{"managed_by": "user"}, {"adopt": True}])
@pytest.mark.parametrize("clause", ["REPLACE", "IGNORE", "ROLLBACK"])
@pytest.mark.parametrize("words", ["ON CONFLICT", "on/* */conflict"])
def test_a_row_in_conflict_fails_alone(project: Project, words: str, clause: str, options: dict[str, Any]) -> None:
    project.run(
        f"CREATE TABLE docs (id INTEGER PRIMARY KEY, a TEXT UNIQUE {words} {clause})",
        "INSERT INTO docs VALUES (100, 'theirs')",
    )
    project.update(keep, project.db, {1: "theirs", 2: "ours"}, options)
    (failure,) = project.failures
    assert isinstance(failure, SqliteRowError)
    assert project.query("SELECT * FROM docs ORDER BY id") == [(2, "ours"), (100, "theirs")]
    project.update(keep, project.db, {1: "mine", 2: "other"}, options)
    project.update(keep, project.db, {1: "other", 2: "mine"}, options)
    assert project.failures == []
    assert project.query("SELECT * FROM docs ORDER BY id") == [(1, "other"), (2, "mine"), (100, "theirs")]


def test_a_null_that_is_passed_over_is_refused(project: Project) -> None:
    project.run("CREATE TABLE docs (id INTEGER PRIMARY KEY, a TEXT NOT NULL ON CONFLICT IGNORE)")
    project.update(keep, project.db, {1: None, 2: "ours"}, {"managed_by": "user"})
    assert len(project.failures) == 1
    assert project.ids == [2]

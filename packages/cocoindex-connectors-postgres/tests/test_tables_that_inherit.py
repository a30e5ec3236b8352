"""Rows and columns of tables that inherit from a table of an app are those of whoever made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sql_tables.project import Project as SqlProject

import cocoindex as coco
from cocoindex.connectors import postgres

if TYPE_CHECKING:
    from tests.conftest import Project

MADE = "CREATE TABLE docs (id bigint PRIMARY KEY, a text UNIQUE)"
INHERITS = [
    "CREATE TABLE theirs () INHERITS (docs)",
    "INSERT INTO theirs SELECT n, 'theirs' FROM generate_series(1, 3) n",
]


@coco.fn
async def row_of(id: int, value: str | None, table: Any) -> None:
    table.declare_row(row={"id": id} if value is None else {"id": id, "a": value})


@coco.fn
async def keep(rows: dict[int, str | None], managed_by: Any = "system") -> None:
    columns = {"id": postgres.ColumnDef("bigint")}
    if any(rows.values()):
        columns["a"] = postgres.ColumnDef("text")
    schema = postgres.TableSchema[Any](columns, ["id"])
    table = await postgres.mount_table_target(SqlProject.db, "docs", schema, managed_by=managed_by)
    for id, value in rows.items():
        await coco.mount(coco.component_subpath(id), row_of, id, value, table)


def theirs(project: Project) -> list[Any]:
    return project.query("SELECT * FROM theirs ORDER BY id")


@pytest.mark.parametrize("managed_by", ["system", "user"])
def test_their_rows_with_the_keys_of_ours_stay(project: Project, managed_by: str) -> None:
    if managed_by == "user":
        project.run(MADE)
    project.update(keep, {1: "a", 2: "b", 3: "c"}, managed_by)
    project.run(*INHERITS)
    project.update(keep, {2: "c", 3: "b"}, managed_by)  # which are unique
    assert project.failures == []
    assert project.query("SELECT * FROM ONLY docs ORDER BY id") == [(2, "c"), (3, "b")]
    assert theirs(project) == [(1, "theirs"), (2, "theirs"), (3, "theirs")]
    project.drop(keep, {}, managed_by)
    assert theirs(project) == [(1, "theirs"), (2, "theirs"), (3, "theirs")]


def test_their_columns_stay(project: Project) -> None:
    project.update(keep, {1: "a"})
    project.run(*INHERITS)
    project.update(keep, {1: None})
    assert project.failures == []
    assert project.query("SELECT * FROM ONLY docs") == [(1,)]
    assert theirs(project) == [(1, "theirs"), (2, "theirs"), (3, "theirs")]


def test_rows_of_partitions_are_rows_of_the_table(project: Project) -> None:
    project.run("CREATE TABLE docs (id bigint PRIMARY KEY, a text) PARTITION BY RANGE (id)")
    project.run("CREATE TABLE part PARTITION OF docs FOR VALUES FROM (0) TO (9)")
    project.update(keep, {1: "a", 2: "b"}, "user")
    project.update(keep, {2: "b"}, "user")
    assert project.ids == [2]

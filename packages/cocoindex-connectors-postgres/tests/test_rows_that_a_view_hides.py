"""A row of the table behind a view, which the view does not show, is not overwritten, and not deleted later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresRowError

if TYPE_CHECKING:
    from .conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[Any](
    {"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text"), "old": postgres.ColumnDef("boolean")}, ["id"]
)
KEYS = postgres.TableSchema[Any]({"id": postgres.ColumnDef("bigint")}, ["id"])


@coco.fn
def row_of(id: int, table: Any, schema: Any) -> None:
    table.declare_row(row={"id": id, "a": "ours", "old": False} if schema is SCHEMA else {"id": id})


@coco.fn
async def main(ids: list[int], keys_only: bool = False) -> None:
    schema = KEYS if keys_only else SCHEMA
    table = await postgres.mount_table_target(DB, "docs", schema, managed_by="user")
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table, schema)


@pytest.mark.parametrize("keys_only", [False, True])
@pytest.mark.parametrize("count", [3, 60])
def test_a_row_of_others_that_is_hidden_stays(project: Project, count: int, keys_only: bool) -> None:
    project.run(
        "CREATE TABLE base (id bigint PRIMARY KEY, a text, old boolean NOT NULL DEFAULT false)",
        "INSERT INTO base VALUES (1, 'theirs', true)",
        "CREATE VIEW docs AS SELECT * FROM base WHERE NOT old",
    )
    project.update(main, [*range(count)], keys_only)
    (failure,) = project.failures
    assert isinstance(failure, PostgresRowError)
    assert "row (id=1)" in str(failure) and "(view docs)" in str(failure)
    assert project.query("SELECT a FROM base WHERE old") == [("theirs",)]
    assert project.query("SELECT count(*) FROM docs") == [(count - 1,)]
    project.update(main, [], keys_only)
    assert project.failures == []
    assert project.query("SELECT id, a FROM base") == [(1, "theirs")]


def test_a_row_that_the_view_would_hide_is_refused(project: Project) -> None:
    project.run(
        "CREATE TABLE base (id bigint PRIMARY KEY, a text, old boolean)",
        "CREATE VIEW docs AS SELECT * FROM base WHERE id <> 1",
    )
    project.update(main, [1, 2])
    (failure,) = project.failures
    assert "row (id=1)" in str(failure)
    assert project.query("SELECT id FROM base") == [(2,)]


def test_rows_behind_a_view_follow(project: Project) -> None:
    project.run(
        "CREATE TABLE base (id bigint PRIMARY KEY, a text, old boolean)",
        "INSERT INTO base VALUES (1, 'theirs', false)",
        "CREATE VIEW docs AS SELECT * FROM base",
    )
    project.update(main, [1, 2])
    assert project.failures == []
    assert project.query("SELECT id, a FROM base ORDER BY id") == [(1, "ours"), (2, "ours")]
    project.update(main, [])
    assert project.query("SELECT id, a FROM base") == [(1, "ours")]


def test_a_trigger_of_a_partition_that_changes_a_key_is_noticed(project: Project) -> None:
    project.run(
        "CREATE TABLE docs (id bigint PRIMARY KEY, a text, old boolean) PARTITION BY RANGE (id)",
        "CREATE TABLE part PARTITION OF docs FOR VALUES FROM (0) TO (1000)",
        "CREATE FUNCTION moves() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id := NEW.id + 1; RETURN NEW; END'",
        "CREATE TRIGGER moves BEFORE INSERT ON part FOR EACH ROW EXECUTE FUNCTION moves()",
    )
    project.update(main, [1])
    (failure,) = project.failures
    assert "row (id=1)" in str(failure) and "changed its primary key" in str(failure)
    assert project.query("SELECT id FROM docs") == []

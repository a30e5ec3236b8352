"""What others define for a table of theirs: functions and collations are no obstacle, another equality of keys is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteTableError

if TYPE_CHECKING:
    from .conftest import Project

DB = coco.ContextKey[Any]("target_db")


@coco.fn
async def main(keys: list[str], kind: str = "TEXT") -> None:
    schema = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef(kind), "a": sqlite.ColumnDef("TEXT")}, ["id"])
    table = await sqlite.mount_table_target(DB, "docs", schema, managed_by="user")
    for key in keys:
        table.declare_row(row={"id": key, "a": "ours"})


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        (["CREATE TABLE docs (id TEXT PRIMARY KEY, a TEXT)", "CREATE UNIQUE INDEX u ON docs (id COLLATE NOCASE)"], ""),
        (["CREATE TABLE docs (id TEXT, a TEXT, PRIMARY KEY (id COLLATE NOCASE))"], ""),
        (["CREATE TABLE docs (id TEXT, a TEXT, PRIMARY KEY (id COLLATE NOCASE)) WITHOUT ROWID"], ""),
        (["CREATE TABLE docs (id TEXT COLLATE NOCASE, a TEXT, PRIMARY KEY (id COLLATE BINARY))"], " COLLATE NOCASE"),
    ],
)
def test_an_index_with_another_collation_than_its_column(project: Project, statements: list[str], kind: str) -> None:
    project.run(*statements, "INSERT INTO docs VALUES ('A', 'theirs')")
    with pytest.raises(SqliteTableError, match=r"index on \(id\) has another collation than its columns"):
        project.update(main, ["a"], f"TEXT{kind}")
    assert project.query("SELECT * FROM docs") == [("A", "theirs")]


@pytest.mark.parametrize(
    "columns",
    [
        "id TEXT PRIMARY KEY, a TEXT CHECK (own(a) IS NOT NULL)",
        "id TEXT PRIMARY KEY, a TEXT, b TEXT AS (own(a) || own(a))",
        "id TEXT PRIMARY KEY, a TEXT COLLATE own",
    ],
)
def test_functions_and_collations_of_the_connection(project: Project, columns: str) -> None:
    with project.connection.transaction() as raw:
        raw.create_function("own", 1, lambda value: value, deterministic=True)
        raw.create_collation("own", lambda one, other: (one > other) - (one < other))
    project.run(f"CREATE TABLE docs ({columns})", "INSERT INTO docs (id, a) VALUES ('A', 'theirs')")
    project.update(main, ["a"])
    assert project.failures == []
    assert project.query("SELECT id, a FROM docs ORDER BY id") == [("A", "theirs"), ("a", "ours")]
    project.update(main, [])
    assert project.query("SELECT id, a FROM docs") == [("A", "theirs")]


def test_a_temporary_table_of_the_same_name(project: Project) -> None:
    project.run("CREATE TABLE docs (id TEXT PRIMARY KEY, a TEXT)", "CREATE TEMPORARY TABLE docs (id TEXT PRIMARY KEY)")
    with pytest.raises(SqliteTableError, match="a temporary table or view of the same name hides it"):
        project.update(main, ["a"])

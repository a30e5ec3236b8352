"""Tables and columns may be called what means something in a statement, or does in ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")
NAMES = ["s", "target", "excluded", "new", "old", "main", "temp", "k", "c0"]


@pytest.mark.parametrize("name", NAMES)
def test_rows_come_and_go(project: Project, name: str) -> None:
    columns = {"id": sqlite.ColumnDef("INTEGER"), **{column: sqlite.ColumnDef("TEXT") for column in (*NAMES, "rowid")}}

    @coco.fn
    async def main(count: int) -> None:
        table = await sqlite.mount_table_target(DB, name, sqlite.TableSchema[Any](columns, ["id", name]))
        for id in range(count):
            table.declare_row(row={"id": id, **{column: f"{column}{id}" for column in columns if column != "id"}})

    for count in (60, 60, 3, 0):
        project.update(main, count)
        assert project.failures == []
        assert project.query(f'SELECT count(*) FROM "{name}"') == [(count,)]
    project.drop(main, 0)
    assert project.query("SELECT * FROM sqlite_master") == []


def test_a_key_column_that_is_gone_deletes_nothing(project: Project) -> None:
    """SQLite takes a quoted name that it does not know for a text, which may be the value of a key."""
    schema = sqlite.TableSchema[Any]({"k": sqlite.ColumnDef("TEXT"), "v": sqlite.ColumnDef("TEXT")}, ["k"])

    @coco.fn
    async def main(keys: list[str]) -> None:
        table = await sqlite.mount_table_target(DB, "docs", schema, managed_by="user")
        for key in keys:
            table.declare_row(row={"k": key, "v": "x"})
        if not keys:
            with coco.use_context(DB).transaction() as raw:
                raw.execute("ALTER TABLE docs RENAME COLUMN k TO other")

    project.run("CREATE TABLE docs (k TEXT PRIMARY KEY, v TEXT)", "INSERT INTO docs VALUES ('mine', 'y')")
    project.update(main, ["k"])
    with pytest.raises(RuntimeError, match="no such column"):
        project.update(main, [])
    assert project.query("SELECT count(*) FROM docs") == [(2,)]

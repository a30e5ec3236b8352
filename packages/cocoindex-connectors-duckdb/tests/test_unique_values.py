"""Rows may exchange values that are unique, or hand them over, in one update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
SCHEMA = duckdb.TableSchema[Any]({"id": duckdb.ColumnDef("INTEGER"), "name": duckdb.ColumnDef("VARCHAR")}, ["id"])


@coco.fn
async def main(rows: dict[int, str]) -> None:
    table = await duckdb.mount_table_target(DB, "docs", SCHEMA)
    for id, name in rows.items():
        table.declare_row(row={"id": id, "name": name})


@pytest.mark.parametrize(
    "after",
    [
        {1: "b", 2: "a"},
        {1: "b", 2: "c", 3: "a"},
        {1: "b", 2: "c"},
        {3: "a", 4: "b"},
        {5: "b", 1: "c", 2: "a"},
    ],
)
def test_unique_values_change_hands(project: Project, after: dict[int, str]) -> None:
    project.update(main, {})
    project.run("CREATE UNIQUE INDEX names ON docs (name)", "ALTER TABLE docs ADD COLUMN note TEXT DEFAULT 'new'")
    project.update(main, {1: "a", 2: "b"})
    project.run("UPDATE docs SET note = id")
    project.update(main, after)
    assert project.failures == []
    notes = {1: "1", 2: "2"}
    expected = [(id, name, notes.get(id, "new")) for id, name in sorted(after.items())]
    assert project.query("SELECT * FROM docs ORDER BY id") == expected


def test_a_value_that_another_row_keeps_is_refused_with_the_rows_name(project: Project) -> None:
    project.update(main, {})
    project.run("CREATE UNIQUE INDEX names ON docs (name)", "INSERT INTO docs VALUES (9, 'taken')")
    with pytest.raises(ValueError, match=r"refuses the row \(id=2\) of the table 'docs': .*name: taken"):
        project.update(main, {1: "a", 2: "taken"})
    assert project.query("SELECT * FROM docs") == [(9, "taken")]

"""Rows may exchange values that are unique, or hand them over, in one update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[Any]({"id": postgres.ColumnDef("bigint"), "name": postgres.ColumnDef("text")}, ["id"])


@coco.fn
async def main(rows: dict[int, str]) -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA)
    for id, name in rows.items():
        table.declare_row(row={"id": id, "name": name})


@pytest.mark.parametrize("more", [0, 100])
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
def test_unique_values_change_hands(project: Project, after: dict[int, str], more: int) -> None:
    others = {id: f"n{id}" for id in range(1000, 1000 + more)}
    project.update(main, {})
    project.run("ALTER TABLE docs ADD UNIQUE (name), ADD COLUMN note text DEFAULT 'new'")
    project.run("ALTER TABLE docs ADD COLUMN twice bigint GENERATED ALWAYS AS (id * 2) STORED")
    project.run("CREATE TABLE refers (id bigint REFERENCES docs)")
    project.update(main, {1: "a", 2: "b", **others})
    project.run("UPDATE docs SET note = id")
    kept = {1, 2} & set(after)
    project.run(*(f"INSERT INTO refers VALUES ({id})" for id in kept))
    moved = {id: f"m{id}" for id in others}
    project.update(main, {**after, **moved})
    assert project.failures == []
    notes = {1: "1", 2: "2"}
    expected = [(id, name, notes.get(id, "new"), 2 * id) for id, name in sorted(after.items())]
    assert project.query("SELECT * FROM docs WHERE id < 1000 ORDER BY id") == expected
    assert project.query("SELECT count(*) FROM docs WHERE id >= 1000 AND name = 'm' || id AND note = id::text") == [
        (more,)
    ]
    assert project.query("SELECT count(*) FROM refers") == [(len(kept),)]


def test_a_value_that_another_row_keeps_is_refused_with_the_rows_name(project: Project) -> None:
    project.update(main, {})
    project.run("ALTER TABLE docs ADD UNIQUE (name)", "INSERT INTO docs VALUES (9, 'taken')")
    with pytest.raises(ValueError, match=r"refuses the row \(id=2\) of the table public.docs: .*duplicate key value"):
        project.update(main, {1: "a", 2: "taken"})
    assert project.query("SELECT * FROM docs") == [(9, "taken")]


def test_rows_of_others_do_not_go_with_rows_that_change_hands(project: Project) -> None:
    project.update(main, {1: "a", 2: "b"})
    project.run("ALTER TABLE docs ADD UNIQUE (name)")
    project.run("CREATE TABLE refers (id bigint REFERENCES docs ON DELETE CASCADE)", "INSERT INTO refers VALUES (1)")
    with pytest.raises(ValueError, match="duplicate key value"):
        project.update(main, {1: "b", 2: "a"})
    assert project.query("SELECT * FROM refers") == [(1,)]

"""What others did to a table is mended by the next update, with all its rows, also those of memoized components."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco

from .kind import KINDS
from .project import Project

__all__ = ["MendedTable", "main_declared"]


@coco.fn(memo=True)
async def row_of(id: int, table: Any) -> None:
    table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def main(kind: str, ids: list[int]) -> None:
    """Keep rows with these ids in the table `docs`, each in a memoized component of its own."""
    sql = KINDS[kind]
    schema = sql.schema(id=sql.integer, a=sql.text)
    table = await sql.module.mount_table_target(Project.db, "docs", schema)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)


@coco.fn
async def keep(ids: list[int], table: Any) -> None:
    for id in ids:
        table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def declare(kind: str) -> Any:
    sql = KINDS[kind]
    return sql.module.declare_table_target(Project.db, "docs", sql.schema(id=sql.integer, a=sql.text))


@coco.fn
async def main_declared(kind: str, ids: list[int]) -> None:
    """The same rows in a table that a component declares without waiting for it."""
    table = await coco.use_mount(coco.component_subpath("table"), declare, kind)
    await coco.mount(coco.component_subpath("rows"), keep, ids, table)


class MendedTable:
    """Tests that each connector runs."""

    @pytest.mark.parametrize(
        "damage",
        [
            "DROP TABLE docs",
            "ALTER TABLE docs DROP COLUMN a",
            "ALTER TABLE docs RENAME COLUMN a TO b",
            "ALTER TABLE docs RENAME TO elsewhere",
        ],
    )
    def test_it_is_mended(self, project: Project, damage: str) -> None:
        self.check_that_it_is_mended(project, damage)

    def check_that_it_is_mended(self, project: Project, damage: str) -> None:
        """Damage the table, and see that the next update mends it and the one after that has nothing to do."""
        project.update(main, project.kind, [1, 2, 3])
        project.run(damage)
        project.update(main, project.kind, [1, 2, 4])
        assert project.query("SELECT id, a FROM docs ORDER BY id") == [(1, "a1"), (2, "a2"), (4, "a4")]
        assert project.failures == []
        assert project.writes_nothing(main, project.kind, [1, 2, 4])

    def test_columns_and_rows_of_others_stay(self, project: Project) -> None:
        project.update(main, project.kind, [1, 2])
        project.run(f"ALTER TABLE docs ADD COLUMN note {project.sql.text}", "UPDATE docs SET note = 'mine'")
        project.run("INSERT INTO docs (id, a, note) VALUES (99, 'theirs', 'yours')")
        project.update(main, project.kind, [1, 3])
        assert project.query("SELECT id, a, note FROM docs ORDER BY id") == [
            (1, "a1", "mine"),
            (3, "a3", None),
            (99, "theirs", "yours"),
        ]

    def test_a_table_that_was_dropped_before_the_app(self, project: Project) -> None:
        project.update(main, project.kind, [1])
        project.run("DROP TABLE docs")
        project.drop(main, project.kind, [])
        assert not project.is_there

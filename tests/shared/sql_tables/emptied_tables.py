"""A table that somebody emptied is filled again; what is memoized stays where there was nothing to lose."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco

from .kind import KINDS
from .project import Project
from .whose_table import declared, fill

__all__ = ["EmptiedTables"]

RUNS: list[int] = []


@coco.fn(memo=True)
async def declares_none(id: int, table: Any) -> None:
    RUNS.append(id)


@coco.fn
async def keep_none(kind: str, ids: list[int]) -> None:
    sql = KINDS[kind]
    table = await sql.module.mount_table_target(Project.db, "docs", sql.schema(id=sql.integer, a=sql.text))
    for id in ids:
        await coco.mount(coco.component_subpath(id), declares_none, id, table)


@coco.fn
async def of_the_user(kind: str, ids: list[int]) -> None:
    await fill(kind, ids, managed_by="user")


class EmptiedTables:
    """Tests that each connector runs."""

    empty = "DELETE FROM docs"

    @pytest.mark.parametrize("main", [fill, declared], ids=["mounted", "declared"])
    def test_it_is_filled_again(self, project: Project, main: Any) -> None:
        project.update(main, project.kind, [1, 2])
        for _ in range(2):
            project.run(self.empty)
            project.update(main, project.kind, [1, 2])
            assert project.failures == []
            assert project.ids == [1, 2]
        assert project.update(main, project.kind, [1, 2]).num_unchanged == 2

    def test_that_of_the_user_is_too(self, project: Project) -> None:
        project.run(project.sql.made_by_hand)
        project.update(of_the_user, project.kind, [1, 2])
        project.run(self.empty)
        project.update(of_the_user, project.kind, [1, 2])
        assert project.ids == [1, 2]
        project.update(of_the_user, project.kind, [2])
        assert project.ids == [2]

    def test_what_declared_no_row_does_not_run_again(self, project: Project) -> None:
        RUNS.clear()
        for _ in range(3):
            project.update(keep_none, project.kind, [1, 2])
        assert sorted(RUNS) == [1, 2]

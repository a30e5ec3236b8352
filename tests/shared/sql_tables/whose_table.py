"""A table that an app did not make, and rows that were there before, stay; one that was made anew is filled again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco

from .kind import KINDS
from .project import Project
from .rows_of_others import nothing

__all__ = ["WhoseTable", "fill"]

OTHER = coco.ContextKey[Any]("other_key")
NOT_OURS = "is not known to be created by this app"


@coco.fn(memo=True)
async def row_of(id: int, table: Any) -> None:
    table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def fill(kind: str, ids: list[int], key: coco.ContextKey[Any] = Project.db, **options: Any) -> None:
    """Keep rows with these ids in the table `docs`."""
    sql = KINDS[kind]
    table = await sql.module.mount_table_target(key, "docs", sql.schema(id=sql.integer, a=sql.text), **options)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)


@coco.fn
async def adopt(kind: str, ids: list[int]) -> None:
    await fill(kind, ids, adopt=True)


@coco.fn
async def by_another_key(kind: str, ids: list[int]) -> None:
    await fill(kind, ids, OTHER)


@coco.fn
async def declare(kind: str, adopt: bool) -> Any:
    sql = KINDS[kind]
    return sql.module.declare_table_target(Project.db, "docs", sql.schema(id=sql.integer, a=sql.text), adopt=adopt)


@coco.fn
async def declared(kind: str, ids: list[int], adopt: bool = False) -> None:
    table = await coco.use_mount(coco.component_subpath("table"), declare, kind, adopt)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)


@coco.fn
async def declared_adopted(kind: str, ids: list[int]) -> None:
    await declared(kind, ids, adopt=True)


class WhoseTable:
    """Tests that each connector runs."""

    @pytest.mark.parametrize("main", [fill, declared], ids=["mounted", "declared"])
    def test_a_table_that_fits_is_refused(self, project: Project, main: Any) -> None:
        project.run(project.sql.made_by_hand, "INSERT INTO docs VALUES (100, 'mine')")
        for _ in range(2):
            with pytest.raises(project.sql.table_error, match=rf"exists already, .*{NOT_OURS}\. Drop"):
                project.update(main, project.kind, [1])
        project.update(nothing)
        project.drop(main, project.kind, [1])
        assert project.query("SELECT * FROM docs") == [(100, "mine")]

    @pytest.mark.parametrize("main", [adopt, declared_adopted], ids=["mounted", "declared"])
    def test_an_adopted_table_keeps_what_was_there(self, project: Project, main: Any) -> None:
        project.run(project.sql.made_by_hand, "INSERT INTO docs VALUES (100, 'mine')")
        project.update(main, project.kind, [1, 2])
        assert project.ids == [1, 2, 100]
        project.update(main, project.kind, [2])
        assert project.ids == [2, 100]
        project.drop(main, project.kind, [2])
        assert 100 in project.ids

    def test_adopting_makes_a_table_that_is_not_there(self, project: Project) -> None:
        project.update(adopt, project.kind, [1])
        assert project.ids == [1]
        project.update(adopt, project.kind, [2])
        assert project.failures == []
        project.drop(adopt, project.kind, [])
        assert not project.is_there

    def test_adopt_is_true_or_false(self, project: Project) -> None:
        @coco.fn
        async def wrong() -> None:
            await fill(project.kind, [], adopt="yes")

        says = "adopt= of the table 'docs' is True or False, not 'yes'"
        with pytest.raises(project.sql.argument_error, match=says):
            project.update(wrong)

    def test_a_table_that_was_made_anew_by_hand_is_filled_and_stays(self, project: Project) -> None:
        project.update(fill, project.kind, [1, 2, 3])
        project.run("DROP TABLE docs", project.sql.made_by_hand, "INSERT INTO docs VALUES (100, 'mine')")
        project.update(fill, project.kind, [1, 2, 4])
        assert project.failures == []
        assert project.ids == [1, 2, 4, 100]
        assert project.writes_nothing(fill, project.kind, [1, 2, 4])
        project.update(nothing)
        assert 100 in project.ids

    def test_a_declared_table_that_was_made_anew_is_an_error_or_is_filled(self, project: Project) -> None:
        project.update(declared, project.kind, [1])
        project.run("DROP TABLE docs", project.sql.made_by_hand)
        try:
            project.update(declared, project.kind, [1])
        except project.sql.table_error as error:  # where the driver is async, nobody has looked at the table
            assert NOT_OURS in str(error)
        else:
            assert project.ids == [1]

    @pytest.mark.parametrize("made", [False, True])
    def test_another_database_is_filled(self, project: Project, made: bool) -> None:
        project.update(fill, project.kind, [1, 2])
        with project.elsewhere() as second:
            if made:
                second.run(project.sql.made_by_hand)
            second.update(fill, project.kind, [1, 2])
            assert second.ids == [1, 2]
            second.update(fill, project.kind, [1, 2, 3])
            project.update(fill, project.kind, [1, 2, 3])
            assert project.ids == [1, 2, 3]
            second.update(fill, project.kind, [1, 2, 3, 4])
            assert second.ids == [1, 2, 3, 4]

    def test_the_same_table_by_another_key_keeps_its_rows(self, project: Project) -> None:
        project.also_under(OTHER)
        project.update(fill, project.kind, [1, 2])
        project.update(by_another_key, project.kind, [1, 2, 3])
        assert project.ids == [1, 2, 3]
        project.update(by_another_key, project.kind, [2, 3])
        assert project.ids == [2, 3]
        project.drop(by_another_key, project.kind, [])
        assert not project.is_there

    def test_a_table_of_a_store_that_was_lost_is_taken_over(self, project: Project) -> None:
        project.update(fill, project.kind, [1, 2])
        project.lose_store()
        project.update(fill, project.kind, [2, 3])
        assert {2, 3} <= set(project.ids)
        project.drop(fill, project.kind, [])
        assert project.ids == [1]  # nothing says any more that we wrote it
        project.run("DELETE FROM docs")
        project.update(fill, project.kind, [2, 3])
        project.lose_store()
        project.update(fill, project.kind, [1, 2, 3])
        project.drop(fill, project.kind, [])
        assert not project.is_there

    def test_a_table_of_another_store_is_refused(self, project: Project, tmp_path: Path) -> None:
        project.beside(tmp_path / "other").update(fill, project.kind, [1])
        with pytest.raises(project.sql.table_error, match=NOT_OURS):
            project.update(fill, project.kind, [2])
        project.drop(fill, project.kind, [])
        assert project.ids == [1]

"""A table that two apps declare: nobody's rows are lost, and it goes with the last of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco

from .project import Project
from .rows_of_others import nothing
from .whose_table import declared, fill

__all__ = ["TablesOfTwoApps"]


class TablesOfTwoApps:
    """Tests that each connector runs; what removes the table of an app: dropping it, and declaring it no longer."""

    @pytest.fixture(params=["drop", "undeclared"])
    def leave(self, request: pytest.FixtureRequest, project: Project) -> Callable[[str], object]:
        """What has the table no longer wanted by an app."""
        if request.param == "drop":
            return lambda app: project.drop(fill, project.kind, [], app=app)
        return lambda app: project.update(nothing, app=app)

    @pytest.mark.parametrize("main", [fill, declared], ids=["mounted", "declared"])
    @pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
    def test_rows_of_each_stay_until_it_leaves(
        self, project: Project, leave: Callable[[str], object], main: Any, order: tuple[str, str]
    ) -> None:
        rows = {"first": [1, 2], "second": [3, 4]}
        for app in ("first", "second") * 2:
            project.update(main, project.kind, rows[app], app=app)
        goes, stays = order
        leave(goes)
        assert project.ids == rows[stays]
        project.update(main, project.kind, rows[stays][1:], app=stays)
        assert project.failures == []
        assert project.ids == rows[stays][1:]
        leave(stays)
        assert not project.is_there

    def test_unchanged_rows_are_not_written_again(self, project: Any) -> None:
        for app, ids in (("first", [1]), ("second", [2])) * 2:
            project.update(fill, project.kind, ids, app=app)
        assert project.writes_nothing(fill, project.kind, [2], app="second")
        stats = project.update(fill, project.kind, [1], app="first")
        assert stats.num_unchanged == 1

    def test_a_row_of_both_is_written_again_by_the_one_that_stays(self, project: Project) -> None:
        project.update(fill, project.kind, [1, 2], app="first")
        project.update(fill, project.kind, [2, 3], app="second")
        project.drop(fill, project.kind, [], app="first")
        project.update(fill, project.kind, [2, 3], app="second")
        assert project.ids == [2, 3]
        project.drop(fill, project.kind, [], app="second")
        assert not project.is_there

    def test_both_leave_one_after_the_other(self, project: Project) -> None:
        project.update(fill, project.kind, [1], app="first")
        project.update(fill, project.kind, [2], app="second")
        project.drop(fill, project.kind, [], app="first")
        project.drop(fill, project.kind, [], app="second")
        assert not project.is_there

    def test_a_column_of_one_is_added_beside_those_of_the_other(self, project: Project) -> None:
        @coco.fn
        async def wider() -> None:
            sql = project.sql
            schema = sql.schema(id=sql.integer, b=sql.text)
            table = await sql.module.mount_table_target(project.db, "docs", schema)
            table.declare_row(row={"id": 2, "b": "b2"})

        project.update(fill, project.kind, [1], app="first")
        project.update(wider, app="second")
        project.update(fill, project.kind, [1, 3], app="first")
        assert project.query("SELECT id, a, b FROM docs ORDER BY id") == [
            (1, "a1", None),
            (2, None, "b2"),
            (3, "a3", None),
        ]
        project.drop(wider, app="second")
        assert project.ids == [1, 3]

    def test_an_app_of_another_store_is_told_to_adopt_it(self, project: Project, tmp_path: Any) -> None:
        @coco.fn
        async def adopt(ids: list[int]) -> None:
            await fill(project.kind, ids, adopt=True)

        other = project.beside(tmp_path / "other")
        project.update(fill, project.kind, [1])
        with pytest.raises(project.sql.table_error, match="adopt=True"):
            other.update(fill, project.kind, [2])
        other.update(adopt, [2])
        project.drop(fill, project.kind, [])
        other.update(adopt, [2, 3])
        assert project.ids == [2, 3]

"""Rows that others wrote into a table of an app are not removed with it; only those that the app wrote are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco

from .kind import KINDS
from .project import Project

__all__ = ["RowsOfOthers", "keep", "nothing"]


@coco.fn
async def row_of(id: Any, key: list[str], table: Any) -> None:
    table.declare_row(row=dict.fromkeys(key, id) | ({"a": "ours"} if "a" not in key else {}))


@coco.fn
async def keep(
    kind: str, ids: list[Any], id_type: str = "", key: tuple[str, ...] = ("id",), own: bool = True, **nullable: bool
) -> None:
    """Keep rows with these ids in the table `docs`, each in a component of its own or all in one."""
    sql = KINDS[kind]
    columns = {name: sql.module.ColumnDef(id_type or (sql.text if key[1:] else sql.integer)) for name in key}
    columns["a"] = sql.module.ColumnDef(sql.text, **nullable)
    table = await sql.module.mount_table_target(Project.db, "docs", sql.module.TableSchema[Any](columns, list(key)))
    for id in ids:
        if own:
            await coco.mount(coco.component_subpath(str(id)), row_of, id, list(key), table)
        else:
            await row_of(id, list(key), table)


@coco.fn
async def nothing() -> None:
    """Declare nothing."""


class RowsOfOthers:
    """Tests that each connector runs; what removes a table: dropping the app, and declaring it no longer."""

    @pytest.fixture(params=["drop", "undeclared"])
    def remove(self, request: pytest.FixtureRequest, project: Project) -> Callable[[], object]:
        """What has the table no longer wanted."""
        if request.param == "drop":
            return lambda: project.drop(keep, project.kind, [])
        return lambda: project.update(nothing)

    @pytest.mark.parametrize("own", [True, False])
    def test_a_table_stays_with_rows_of_others(
        self, project: Any, remove: Callable[[], object], own: bool, caplog: pytest.LogCaptureFixture
    ) -> None:
        project.update(keep, project.kind, [1, 2, 3], "", ("id",), own)
        project.run("INSERT INTO docs VALUES (100, 'mine'), (101, 'mine')")
        with caplog.at_level(logging.WARNING):
            remove()
        assert project.failures == []
        assert project.ids == [100, 101]
        assert [record.getMessage() for record in caplog.records] == [
            f"the table {project.sql.shown.format(project.place)} is no longer declared, but stays, as it "
            "contains 2 rows that this app is not known to have written; rows with the app's keys are deleted, and you "
            "can drop the table if no other app keeps rows in it"
        ]

    @pytest.mark.parametrize("own", [True, False])
    def test_a_table_goes_with_the_rows_of_the_app(
        self, project: Project, remove: Callable[[], object], own: bool
    ) -> None:
        project.update(keep, project.kind, [1, 2, 3], "", ("id",), own)
        project.update(keep, project.kind, [2, 3, 4], "", ("id",), own)
        project.run("UPDATE docs SET a = 'changed' WHERE id = 2", "DELETE FROM docs WHERE id = 3")
        remove()
        assert project.failures == []
        assert not project.is_there

    def test_rows_of_others_as_many_as_were_deleted(self, project: Project, remove: Callable[[], object]) -> None:
        project.update(keep, project.kind, [1, 2, 3])
        project.run("DELETE FROM docs WHERE id < 3", "INSERT INTO docs VALUES (100, 'mine'), (101, 'mine')")
        remove()
        assert project.ids == [100, 101]

    def test_as_many_rows_under_a_key_column_that_was_renamed(
        self, project: Project, remove: Callable[[], object]
    ) -> None:
        project.update(keep, project.kind, [1, 2])
        project.run("DELETE FROM docs WHERE id = 1", "INSERT INTO docs VALUES (100, 'mine')")
        project.run("ALTER TABLE docs RENAME COLUMN id TO other")
        remove()
        assert project.failures == []
        assert project.query("SELECT other FROM docs ORDER BY other") == [(2,), (100,)]

    def test_a_table_that_took_the_place_of_another_with_other_keys(
        self, project: Project, remove: Callable[[], object]
    ) -> None:
        @coco.fn
        async def two() -> None:
            await keep(project.kind, ["x", "y"], project.sql.text)
            schema = project.sql.schema(id=project.sql.integer, a=project.sql.text)
            table = await project.sql.module.mount_table_target(project.db, "numbers", schema)
            table.declare_row(row={"id": 1, "a": "number"})

        swap = [
            f"ALTER TABLE {old} RENAME TO {new}"
            for old, new in (("docs", "third"), ("numbers", "docs"), ("third", "numbers"))
        ]
        project.update(two)
        project.run(*swap)
        with pytest.raises(project.sql.table_error, match=r"docs\b.* 1 row that this app is not known to have written"):
            project.update(two)
        remove()
        assert project.failures == []
        assert project.ids == [1]

    def test_rows_are_known_by_keys_of_any_type(self, project: Project, remove: Callable[[], object]) -> None:
        for kind, values, foreign in project.sql.keys:
            project.update(keep, project.kind, values, kind)
            assert project.query("SELECT count(*) FROM docs") == [(len(values),)], kind
            project.run(f"INSERT INTO docs VALUES ({foreign}, 'mine')")
            remove()
            assert project.query("SELECT a FROM docs") == [("mine",)], kind
            project.run("DELETE FROM docs")
            project.update(keep, project.kind, values, kind)
            assert project.query("SELECT count(*) FROM docs") == [(len(values),)], kind
            remove()
            assert not project.is_there, kind
            project.lose_store()

    def test_keys_of_two_columns(self, project: Project, remove: Callable[[], object]) -> None:
        project.update(keep, project.kind, ["x", "y"], "", ("id", "b"))
        project.run("INSERT INTO docs VALUES ('x', 'y', 'mine')")
        remove()
        assert project.query("SELECT id, b FROM docs") == [("x", "y")]

    def test_a_table_of_many_rows(self, project: Project) -> None:
        project.update(keep, project.kind, list(range(41_000)), "", ("id",), False)
        project.run("INSERT INTO docs VALUES (-1, 'mine')")
        project.update(nothing)
        assert project.ids == [-1]

    def test_rows_of_others_keep_a_table_from_being_made_anew(self, project: Project) -> None:
        @coco.fn
        async def changed() -> None:
            await keep(project.kind, [1, 2], nullable=False)

        project.update(keep, project.kind, [1, 2])
        project.run("INSERT INTO docs VALUES (100, 'mine')")
        lost = "would lose what others added: 1 row that this app is not known to"
        with pytest.raises(project.sql.table_error, match=lost):
            project.update(changed)
        assert project.ids == [1, 2, 100]
        project.run("DELETE FROM docs WHERE id = 100")
        project.update(changed)
        assert project.ids == [1, 2]

    def test_a_table_that_stayed_is_taken_up_again(self, project: Project) -> None:
        project.update(keep, project.kind, [1])
        project.run("INSERT INTO docs VALUES (100, 'mine')")
        project.update(nothing)
        project.update(keep, project.kind, [2])
        assert project.ids == [2, 100]
        project.update(nothing)
        assert project.ids == [100]

    def test_a_table_that_another_app_also_fills(self, project: Project) -> None:
        project.update(keep, project.kind, [1], app="first")
        project.update(keep, project.kind, [2], app="second")
        project.drop(keep, project.kind, [], app="second")
        assert project.ids == [1]

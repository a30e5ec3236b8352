"""A row of a table of others that was there before it was declared stays when it is no longer declared."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import cocoindex as coco

from .kind import KINDS
from .project import Project

__all__ = ["RowsThatWereThere"]

USER = {"managed_by": "user"}
ADOPT = {"adopt": True}


@coco.fn
async def row_of(id: int, text: str, table: Any) -> None:
    table.declare_row(row={"id": id, "a": text})


@coco.fn
async def main(kind: str, rows: dict[int, str], options: dict[str, Any]) -> None:
    """Keep rows with these texts in the table `docs`, each in a component of its own."""
    sql = KINDS[kind]
    schema = sql.schema(id=sql.integer, a=sql.text)
    table = await sql.module.mount_table_target(Project.db, "docs", schema, **options)
    for id, text in rows.items():
        await coco.mount(coco.component_subpath(id), row_of, id, text, table)


def rows(project: Project) -> list[Any]:
    return project.query("SELECT id, a, note FROM docs ORDER BY id")


class RowsThatWereThere:
    """Tests that each connector runs."""

    @pytest.fixture(params=[USER, ADOPT], ids=["user", "adopt"])
    def options(self, request: pytest.FixtureRequest, project: Project) -> Any:
        """How the table of others is declared, in which there are two rows, with a column of their own."""
        project.run(
            f"CREATE TABLE docs (id {project.sql.integer} PRIMARY KEY, a {project.sql.text}, note {project.sql.text})",
            "INSERT INTO docs VALUES (1, 'theirs', 'mine'), (2, 'theirs', 'mine')",
        )
        return request.param

    def test_it_gets_what_is_declared_and_stays(
        self, project: Project, options: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING):
            project.update(main, project.kind, {1: "x", 3: "x"}, options)
        assert rows(project) == [(1, "x", "mine"), (2, "theirs", "mine"), (3, "x", None)]
        assert [record.getMessage() for record in caplog.records] == [
            f"rows of the table {project.sql.shown.format(project.place)} existed before they were declared, such "
            "as (id=1): they get the declared values, and stay when they are no longer declared. If the app should "
            "own them, delete them and run the update with full_reprocess=True"
        ]
        caplog.clear()
        assert project.writes_nothing(main, project.kind, {1: "x", 3: "x"}, options)
        project.update(main, project.kind, {1: "y", 3: "y"}, options)
        assert rows(project) == [(1, "y", "mine"), (2, "theirs", "mine"), (3, "y", None)]
        project.update(main, project.kind, {}, options)
        assert rows(project) == [(1, "y", "mine"), (2, "theirs", "mine")]
        assert caplog.records == []
        assert project.failures == []

    def test_everything_applied_anew(self, project: Project, options: dict[str, Any]) -> None:
        project.update(main, project.kind, {1: "x", 3: "x"}, options)
        project.update(main, project.kind, {1: "x", 3: "x"}, options, full_reprocess=True)
        assert rows(project) == [(1, "x", "mine"), (2, "theirs", "mine"), (3, "x", None)]
        project.update(main, project.kind, {}, options)
        assert project.ids == [1, 2]

    def test_one_that_was_deleted_and_written_anew_is_the_apps(self, project: Project, options: dict[str, Any]) -> None:
        project.update(main, project.kind, {1: "x"}, options)
        project.run("DELETE FROM docs WHERE id = 1")
        project.update(main, project.kind, {1: "x"}, options, full_reprocess=True)
        assert rows(project) == [(1, "x", None), (2, "theirs", "mine")]
        project.update(main, project.kind, {}, options)
        assert rows(project) == [(2, "theirs", "mine")]

    def test_it_is_declared_again(self, project: Project, options: dict[str, Any]) -> None:
        for declared in ({1: "x"}, {}, {1: "y"}, {}):
            project.update(main, project.kind, declared, options)
        assert rows(project) == [(1, "y", "mine"), (2, "theirs", "mine")]

    def test_many(self, project: Project, options: dict[str, Any]) -> None:
        project.run(*(f"INSERT INTO docs VALUES ({n}, 'theirs', 'mine')" for n in range(3, 201)))
        project.update(main, project.kind, dict.fromkeys(range(101, 301), "x"), options)
        project.update(main, project.kind, {}, options)
        assert project.ids == list(range(1, 201))

    def test_a_table_of_the_app_has_what_is_declared(self, project: Project) -> None:
        project.update(main, project.kind, {1: "x"}, {})
        project.run("INSERT INTO docs VALUES (2, 'theirs')")
        project.update(main, project.kind, {1: "x", 2: "x"}, {})
        project.update(main, project.kind, {1: "x"}, {})
        assert project.ids == [1]

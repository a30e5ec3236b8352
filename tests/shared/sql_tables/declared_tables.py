"""Tables come and go as apps declare them; other tables, and those of other apps, are not touched."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

import cocoindex as coco

from .kind import KINDS
from .project import Project

__all__ = ["DeclaredTables", "keep", "rows_by_table"]


@coco.fn
async def keep(kind: str, tables: dict[str, dict[int, str]], managed_by: str = "system") -> None:
    """Keep tables of these names, each with these ids and texts."""
    sql = KINDS[kind]
    for name, rows in tables.items():
        schema = sql.schema(id=sql.integer, a=sql.text)
        table = await sql.module.mount_table_target(Project.db, name, schema, managed_by=managed_by)
        for id, a in rows.items():
            table.declare_row(row={"id": id, "a": a})


def rows_by_table(project: Project) -> dict[str, dict[int, str]]:
    """The ids and texts in each table of the database."""
    found = {}
    for name in project.tables():
        quoted = name.replace('"', '""')
        found[name] = dict(project.query(f'SELECT id, a FROM "{quoted}"'))
    return found


@coco.fn
async def fill(table: Any) -> None:
    table.declare_row(row={"id": 1, "a": "x"})


@coco.fn
def declare(kind: str) -> Any:
    sql = KINDS[kind]
    return sql.module.declare_table_target(Project.db, "docs", sql.schema(id=sql.integer, a=sql.text))


@coco.fn
async def in_steps(kind: str) -> None:
    table = await coco.use_mount(coco.component_subpath("setup"), declare, kind)
    await coco.mount(coco.component_subpath("fill"), fill, table)


@coco.fn
async def with_provider(kind: str) -> None:
    sql = KINDS[kind]
    schema = sql.schema(id=sql.integer, a=sql.text)
    provider = await coco.mount_target(sql.module.table_target(Project.db, "docs", schema))
    table = sql.module.TableTarget(provider, schema)
    table.declare_row(row={"id": 1, "a": "x"})


class DeclaredTables:
    """Tests that each connector runs.

    Attributes:
        ignores_case: whether names of tables that differ in case only are one.
    """

    ignores_case: ClassVar[bool]

    def test_tables_come_and_go(self, project: Project) -> None:
        project.update(keep, project.kind, {"one": {1: "x"}, "two": {1: "y", 2: "z"}})
        assert rows_by_table(project) == {"one": {1: "x"}, "two": {1: "y", 2: "z"}}
        project.update(keep, project.kind, {"two": {1: "y"}, "three": {4: "x"}})
        assert rows_by_table(project) == {"two": {1: "y"}, "three": {4: "x"}}

    def test_several_apps(self, project: Project) -> None:
        project.update(keep, project.kind, {"one": {1: "x"}}, app="first")
        project.update(keep, project.kind, {"two": {1: "y"}}, app="second")
        project.drop(keep, project.kind, {}, app="first")
        assert rows_by_table(project) == {"two": {1: "y"}}

    @pytest.mark.parametrize("name", ['a "quoted" one', "select", "with space", "Ünïcödé 表", "semi;colon --", "50%s"])
    def test_odd_names(self, project: Project, name: str) -> None:
        project.update(keep, project.kind, {name: {1: "x"}})
        assert rows_by_table(project) == {name: {1: "x"}}
        project.update(keep, project.kind, {name: {2: "x"}})
        project.update(keep, project.kind, {})
        assert project.tables() == set()

    def test_name_that_changes_its_case(self, project: Project) -> None:
        project.update(keep, project.kind, {"Docs": {1: "x"}})
        project.update(keep, project.kind, {"docs": {1: "x", 2: "y"}})
        assert rows_by_table(project) == {"Docs" if self.ignores_case else "docs": {1: "x", 2: "y"}}

    def test_table_of_somebody_else_is_not_touched(self, project: Project) -> None:
        project.run(f"CREATE TABLE docs (id {project.sql.text})", "INSERT INTO docs VALUES ('precious')")
        for _ in range(2):  # what the first update leaves in the store must not make the table ours
            with pytest.raises(project.sql.table_error, match="exists already"):
                project.update(keep, project.kind, {"docs": {}})
        project.update(keep, project.kind, {})
        with pytest.raises(project.sql.table_error, match="exists already"):
            project.update(keep, project.kind, {"docs": {}})
        project.drop(keep, project.kind, {})
        assert project.query("SELECT * FROM docs") == [("precious",)]

    def test_user_table_keeps_its_rows_when_it_is_no_longer_declared(self, project: Project) -> None:
        project.run(
            f"CREATE TABLE docs (id {project.sql.integer} PRIMARY KEY, a {project.sql.text}, mine {project.sql.text})",
            "INSERT INTO docs VALUES (9, 'z', 'm')",
        )
        project.update(keep, project.kind, {"docs": {1: "x", 2: "y"}}, "user")
        project.update(keep, project.kind, {"docs": {2: "y"}}, "user")
        assert rows_by_table(project) == {"docs": {2: "y", 9: "z"}}
        project.update(keep, project.kind, {})
        project.drop(keep, project.kind, {})
        assert rows_by_table(project) == {"docs": {2: "y", 9: "z"}}

    def test_user_table_that_is_missing(self, project: Project) -> None:
        with pytest.raises(project.sql.table_error, match=r"no table .*docs.* you create it yourself: CREATE TABLE"):
            project.update(keep, project.kind, {"docs": {}}, "user")

    def test_table_that_a_user_takes_over(self, project: Project) -> None:
        project.update(keep, project.kind, {"docs": {1: "x"}})
        assert project.writes_nothing(keep, project.kind, {"docs": {1: "x"}}, "user")
        project.drop(keep, project.kind, {})
        assert rows_by_table(project) == {"docs": {1: "x"}}

    @pytest.mark.parametrize("main", [in_steps, with_provider])
    def test_other_ways_to_declare_a_table(self, project: Project, main: Any) -> None:
        project.update(main, project.kind)
        assert rows_by_table(project) == {"docs": {1: "x"}}
        assert project.writes_nothing(main, project.kind)

    def test_pending_table_takes_no_rows(self, project: Project) -> None:
        @coco.fn
        def too_early(kind: str) -> None:
            declare(kind).declare_row(row={"id": 1})

        with pytest.raises(ValueError, match="pending"):
            project.update(too_early, project.kind)

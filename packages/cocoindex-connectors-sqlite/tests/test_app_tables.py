"""Tables come and go as apps declare them; other tables, and those of other apps, are not touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sql_tables.declared_tables import DeclaredTables, keep, rows_by_table

if TYPE_CHECKING:
    from tests.conftest import Project


class TestDeclaredTables(DeclaredTables):
    """The tests of all SQL connectors."""

    ignores_case = True


def test_unchanged_rows_are_not_written(project: Project) -> None:
    project.update(keep, "sqlite", {"one": {1: "x"}, "two": {1: "y", 2: "z"}})
    assert sum(statement.startswith("INSERT") for statement in project.writes) == 3
    project.update(keep, "sqlite", {"two": {1: "y", 2: "z"}})
    assert not any(statement.startswith(("INSERT", "DELETE")) for statement in project.writes if "two" in statement)


def test_a_preview_of_a_table_that_goes_tells_of_the_table_alone(project: Project) -> None:
    project.update(keep, "sqlite", {"one": {1: "x", 2: "y"}, "two": {1: "x", 2: "y"}})
    planned = project.preview(keep, "sqlite", {"two": {1: "x"}})
    assert [type(action).__name__ for action in planned] == ["TableAction", "RowAction", "TableAction"]
    assert [action.name for action in planned[::2]] == ["two", "one"]
    assert rows_by_table(project) == {"one": {1: "x", 2: "y"}, "two": {1: "x", 2: "y"}}
    project.update(keep, "sqlite", {"two": {1: "x"}})
    assert rows_by_table(project) == {"two": {1: "x"}}

"""Rows that others wrote into a table of an app are not removed with it; only those that the app wrote are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sql_tables.rows_of_others import RowsOfOthers, keep, nothing

if TYPE_CHECKING:
    from tests.conftest import Project


class TestRowsOfOthers(RowsOfOthers):
    """The tests of all SQL connectors."""


def test_a_key_column_that_somebody_altered(project: Project) -> None:
    project.update(keep, project.kind, [1, 2])
    project.run("ALTER TABLE docs ALTER id TYPE text")
    project.update(keep, project.kind, [1, 2])
    assert project.ids == [1, 2]
    project.run("ALTER TABLE docs ALTER id TYPE text", "INSERT INTO docs VALUES ('x', 'mine')")
    project.update(nothing)
    assert project.ids == ["x"]

"""A table that an app did not make, and rows that were there before, stay; one that was made anew is filled again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sql_tables.whose_table import WhoseTable, fill

if TYPE_CHECKING:
    from tests.conftest import Project


class TestWhoseTable(WhoseTable):
    """The tests of all SQL connectors."""


def test_a_table_that_was_copied_and_renamed_is_filled(project: Project) -> None:
    project.update(fill, project.kind, [1, 2, 3])
    copy = ["CREATE TABLE copy (LIKE docs INCLUDING ALL)", "DROP TABLE docs", "ALTER TABLE copy RENAME TO docs"]
    project.run(*copy, "INSERT INTO docs VALUES (100, 'mine')")
    project.update(fill, project.kind, [1, 2, 4])
    assert project.failures == []
    assert project.ids == [1, 2, 4, 100]
    assert project.writes_nothing(fill, project.kind, [1, 2, 4])


def test_a_comment_may_be_longer_and_may_be_gone(project: Project) -> None:
    project.update(fill, project.kind, [1])
    ((comment,),) = project.query("SELECT obj_description('docs'::regclass, 'pg_class')")
    project.run(f"COMMENT ON TABLE docs IS 'Our documents. {comment}'")
    before = project.versions("docs")
    project.update(fill, project.kind, [1])
    assert project.versions("docs") == before
    project.run("COMMENT ON TABLE docs IS NULL")
    project.update(fill, project.kind, [1, 2])
    assert project.ids == [1, 2]
    project.drop(fill, project.kind, [])
    assert project.is_there  # nothing says any more that we made it

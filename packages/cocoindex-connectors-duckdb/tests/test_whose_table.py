"""A table that an app did not make, and rows that were there before, stay; one that was made anew is filled again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sql_tables.whose_table import WhoseTable, fill

import cocoindex as coco

if TYPE_CHECKING:
    from tests.conftest import Project


class TestWhoseTable(WhoseTable):
    """The tests of all SQL connectors."""


def test_a_table_that_was_made_anew_by_its_own_statement_is_filled(project: Project) -> None:
    project.update(fill, project.kind, [1, 2])
    ((statement,),) = project.query("SELECT sql FROM duckdb_tables() WHERE table_name = 'docs'")
    project.run("DROP TABLE docs", statement)
    project.update(fill, project.kind, [1, 2])
    assert project.ids == [1, 2]


@pytest.mark.parametrize("options", [{"managed_by": "user"}, {"adopt": True}])
def test_a_table_of_others_that_they_made_anew_is_filled(project: Project, options: dict[str, Any]) -> None:
    @coco.fn
    async def used(ids: list[int]) -> None:
        await fill(project.kind, ids, **options)

    project.run(project.sql.made_by_hand)
    project.update(used, [1, 2])
    project.update(used, [1, 2])
    assert not project.has_written
    project.run("DROP TABLE docs", f"{project.sql.made_by_hand[:-1]}, CHECK (id > 0))")  # DuckDB numbers no tables
    project.update(used, [1, 2])
    assert project.ids == [1, 2]
    project.run("CREATE TABLE elsewhere (x INTEGER)")  # after which it may be another table: a row that goes has to go
    project.update(used, [2])
    assert project.ids == [2]

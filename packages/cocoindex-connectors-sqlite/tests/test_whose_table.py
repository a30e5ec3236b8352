"""A table that an app did not make, and rows that were there before, stay; one that was made anew is filled again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sql_tables.rows_of_others import nothing
from sql_tables.whose_table import WhoseTable, fill

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteTableError

if TYPE_CHECKING:
    from tests.conftest import Project


class TestWhoseTable(WhoseTable):
    """The tests of all SQL connectors."""


def test_a_table_that_was_made_anew_by_its_own_statement_is_filled(project: Project) -> None:
    project.update(fill, project.kind, [1, 2])
    ((statement,),) = project.query("SELECT sql FROM sqlite_master WHERE name = 'docs'")
    project.run("DROP TABLE docs", statement)
    project.update(fill, project.kind, [1, 2])
    assert project.ids == [1, 2]


def test_vec0_tables_are_known_too(project: Project) -> None:
    vectors = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "v": sqlite.ColumnDef("float[2]")}, ["id"])
    vec0 = sqlite.Vec0TableDef()
    by_hand = "CREATE VIRTUAL TABLE docs USING vec0(id INTEGER PRIMARY KEY, v float[2])"

    @coco.fn
    async def vector_main(ids: list[int]) -> None:
        table = await sqlite.mount_table_target(project.db, "docs", vectors, virtual_table_def=vec0)
        for id in ids:
            table.declare_row(row={"id": id, "v": [1.0, 2.0]})

    project.run(by_hand)
    with pytest.raises(SqliteTableError, match="is not known to be created by this app"):
        project.update(vector_main, [1])
    project.run("DROP TABLE docs")
    project.update(vector_main, [1])
    project.update(vector_main, [1])
    assert project.writes == []
    project.run("DROP TABLE docs", by_hand.replace("docs", '"docs"'))
    project.update(vector_main, [1, 2])
    assert project.ids == [1, 2]
    project.lose_store()
    project.update(nothing)
    assert project.ids == [1, 2]

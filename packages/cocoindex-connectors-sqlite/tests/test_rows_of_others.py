"""Rows that others wrote into a table of an app are not removed with it; only those that the app wrote are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sql_tables.rows_of_others import RowsOfOthers, keep, nothing

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from tests.conftest import Project


class TestRowsOfOthers(RowsOfOthers):
    """The tests of all SQL connectors."""


def remove(project: Project, drops: bool) -> None:
    """Drop the app, or have it declare the table no longer."""
    if drops:
        project.drop(keep, project.kind, [])
    else:
        project.update(nothing)


@pytest.mark.parametrize("drops", [True, False])
def test_a_vec0_table(project: Project, drops: bool) -> None:
    vectors = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "v": sqlite.ColumnDef("float[2]")}, ["id"])

    @coco.fn
    async def embed() -> None:
        table = await sqlite.mount_table_target(project.db, "docs", vectors, virtual_table_def=sqlite.Vec0TableDef())
        table.declare_row(row={"id": 1, "v": [1, 2]})

    project.update(embed)
    project.run("INSERT INTO docs (id, v) VALUES (100, '[3, 4]')")
    remove(project, drops)
    assert project.ids == [100]
    project.run("DELETE FROM docs")
    project.update(embed)
    remove(project, drops)
    assert not project.is_there

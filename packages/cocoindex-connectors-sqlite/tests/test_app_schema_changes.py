"""A changed schema reaches the table, and every row is as declared after the same update, memoized or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sql_tables.schema_changes import Columns, SchemaChanges, with_columns

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from tests.conftest import Project

ID = sqlite.ColumnDef("INTEGER")
TEXT = sqlite.ColumnDef("TEXT")
FULL = sqlite.ColumnDef("TEXT", nullable=False)
VECTOR = sqlite.ColumnDef("float[2]")
BASE = {"id": ID, "name": TEXT}
VECTORS = {"id": ID, "vector": VECTOR, "name": TEXT}


class TestSchemaChanges(SchemaChanges):
    """The tests of all SQL connectors, which changes keep the table, and those of vec0 tables."""

    base = BASE
    vector = b"\0\0\x80?\0\0\0@"

    @pytest.mark.parametrize(
        ("before", "after", "in_place"),
        [
            (BASE, {**BASE, "size": TEXT}, True),
            ({**BASE, "size": TEXT}, BASE, True),
            ({**BASE, "size": TEXT}, {**BASE, "kind": TEXT}, True),
            (BASE, {**BASE, "size": FULL}, False),
            (BASE, {"id": ID, "name": FULL}, False),
            (BASE, {"id": ID, "name": sqlite.ColumnDef("BLOB")}, False),
            ({**BASE, "vector": VECTOR}, {**BASE, "vector": sqlite.ColumnDef("BLOB", is_vector=True)}, False),
        ],
    )
    def test_columns(self, project: Project, before: Columns, after: Columns, in_place: bool) -> None:
        self.change(project, before, after)
        assert any(statement.startswith("ALTER") for statement in project.writes) == in_place
        assert any(statement.startswith("DROP") for statement in project.writes) != in_place
        assert self.settles(project, after)

    def test_vec0_and_back(self, project: Project) -> None:
        steps: list[sqlite.Vec0TableDef | None] = [
            None,
            sqlite.Vec0TableDef(),
            sqlite.Vec0TableDef(auxiliary_columns=["name"]),
            sqlite.Vec0TableDef(partition_key_columns=["name"]),
            None,
        ]
        for vec0 in steps:
            project.update(with_vec0, VECTORS, vec0)
            assert self.rows_are_as_declared(project, VECTORS)
        assert project.failures == []

    def test_vec0_columns(self, project: Project) -> None:
        project.update(with_vec0, VECTORS, sqlite.Vec0TableDef())
        more = {**VECTORS, "size": TEXT}
        project.update(with_vec0, more, sqlite.Vec0TableDef())
        assert self.rows_are_as_declared(project, more)
        assert project.writes_nothing(with_vec0, more, sqlite.Vec0TableDef())


@coco.fn
async def with_vec0(columns: Columns, vec0: sqlite.Vec0TableDef | None) -> None:
    await with_columns("sqlite", columns, virtual_table_def=vec0)

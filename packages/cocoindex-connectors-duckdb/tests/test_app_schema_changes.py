"""A changed schema reaches the table, and every row is as declared after the same update, memoized or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from sql_tables.schema_changes import Columns, SchemaChanges

from cocoindex.connectors import duckdb

if TYPE_CHECKING:
    from tests.conftest import Project

ID = duckdb.ColumnDef("INTEGER")
TEXT = duckdb.ColumnDef("VARCHAR")
FULL = duckdb.ColumnDef("VARCHAR", nullable=False)
VECTOR = duckdb.ColumnDef("float[2]")
BASE = {"id": ID, "name": TEXT}


class TestSchemaChanges(SchemaChanges):
    """The tests of all SQL connectors, and which changes write anything."""

    base = BASE
    vector: ClassVar[Any] = [1.0, 2.0]

    @pytest.mark.parametrize(
        ("before", "after", "changes"),
        [
            (BASE, {**BASE, "size": TEXT}, True),
            ({**BASE, "size": TEXT}, BASE, True),
            ({**BASE, "size": TEXT}, {**BASE, "kind": TEXT}, True),
            (BASE, {**BASE, "size": FULL}, True),
            (BASE, {"id": ID, "name": FULL}, True),
            (BASE, {"id": ID, "name": duckdb.ColumnDef("ENUM('n')")}, True),
            ({**BASE, "vector": VECTOR}, {**BASE, "vector": duckdb.ColumnDef("DOUBLE[]")}, True),
            (BASE, {"id": duckdb.ColumnDef("BIGINT"), "name": TEXT}, True),
            ({**BASE, "kind": duckdb.ColumnDef("string")}, {**BASE, "kind": TEXT}, False),
        ],
    )
    def test_columns(self, project: Project, before: Columns, after: Columns, changes: bool) -> None:
        self.change(project, before, after)
        assert project.has_written == changes
        assert self.settles(project, after)

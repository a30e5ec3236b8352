"""A changed schema reaches the table, and every row is as declared after the same update, memoized or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sql_tables.schema_changes import Columns, SchemaChanges, with_columns

from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresSchemaError

if TYPE_CHECKING:
    from tests.conftest import Project

ID = postgres.ColumnDef("bigint")
TEXT = postgres.ColumnDef("text")
FULL = postgres.ColumnDef("text", nullable=False)
VECTOR = postgres.ColumnDef("vector(2)")
BASE = {"id": ID, "name": TEXT}


class TestSchemaChanges(SchemaChanges):
    """The tests of all SQL connectors, and which changes keep the table."""

    base = BASE
    vector = "[1,2]"

    @pytest.mark.parametrize(
        ("before", "after", "in_place"),
        [
            (BASE, {**BASE, "size": TEXT}, True),
            ({**BASE, "size": TEXT}, BASE, True),
            ({**BASE, "size": TEXT}, {**BASE, "kind": TEXT}, True),
            (BASE, {**BASE, "size": FULL}, False),
            (BASE, {"id": ID, "name": FULL}, False),
            (BASE, {"id": ID, "name": postgres.ColumnDef("varchar(20)")}, False),
            (BASE, {"id": ID, "name": postgres.ColumnDef('text COLLATE "C"')}, False),
            ({**BASE, "vector": VECTOR}, {**BASE, "vector": postgres.ColumnDef("halfvec(2)")}, False),
        ],
    )
    def test_columns(self, project: Project, before: Columns, after: Columns, in_place: bool) -> None:
        project.update(with_columns, project.kind, before)
        made = project.query("SELECT 'docs'::regclass::oid")
        self.change(project, before, after)
        assert (project.query("SELECT 'docs'::regclass::oid") == made) == in_place
        assert self.settles(project, after)


@pytest.mark.parametrize("same", ["int8", "BIGINT", " bigint "])
def test_other_names_of_a_type_change_nothing(project: Project, same: str) -> None:
    project.update(with_columns, "postgres", BASE)
    before = project.versions("docs")
    project.update(with_columns, "postgres", {**BASE, "id": postgres.ColumnDef(same)})
    assert project.versions("docs") == before
    assert project.failures == []


def test_a_type_with_a_typo_harms_nothing(project: Project) -> None:
    project.update(with_columns, "postgres", BASE)
    with pytest.raises(PostgresSchemaError, match='type "tetx" does not exist'):
        project.update(with_columns, "postgres", {**BASE, "name": postgres.ColumnDef("tetx")})
    assert TestSchemaChanges().rows_are_as_declared(project, BASE)


def test_emptied_table_is_filled_when_its_primary_key_changes_back(project: Project) -> None:
    project.update(with_columns, "postgres", BASE, ["id", "name"])
    project.update(with_columns, "postgres", BASE)
    assert TestSchemaChanges().rows_are_as_declared(project, BASE)

"""A changed schema reaches the table, and every row is as declared after the same update, memoized or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresSchemaError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
Columns = dict[str, postgres.ColumnDef]

ID = postgres.ColumnDef("bigint")
TEXT = postgres.ColumnDef("text")
FULL = postgres.ColumnDef("text", nullable=False)
VECTOR = postgres.ColumnDef("vector(2)")
BASE = {"id": ID, "name": TEXT}

# What every row would hold in any column that a schema may have.
VALUES = {"name": "n", "size": "s", "kind": "k", "vector": [1.0, 2.0]}


@coco.fn(memo=True)
async def rows_of(ids: list[int], columns: list[str], table: postgres.TableTarget[dict[str, Any]]) -> None:
    for id in ids:
        table.declare_row(row={"id": id, **{name: VALUES[name] for name in columns if name != "id"}})


@coco.fn
async def main(columns: Columns, key: list[str] | None = None) -> None:
    schema = postgres.TableSchema[dict[str, Any]](columns, key or ["id"])
    table = await postgres.mount_table_target(DB, "docs", schema)
    await coco.mount(coco.component_subpath("few"), rows_of, [1, 2], sorted(columns), table)
    await coco.mount(coco.component_subpath("one"), rows_of, [3], sorted(columns), table)


def expected(columns: Columns) -> list[tuple[Any, ...]]:
    stored = {**VALUES, "vector": "[1,2]"}
    return [tuple(i if name == "id" else stored[name] for name in sorted(columns)) for i in (1, 2, 3)]


def rows(project: Project, columns: Columns) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = project.query(f"SELECT {', '.join(sorted(columns))} FROM docs ORDER BY id")
    return found


def table_id(project: Project) -> int:
    ((found,),) = project.query("SELECT 'docs'::regclass::oid")
    return int(found)


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
def test_columns(project: Project, before: Columns, after: Columns, in_place: bool) -> None:
    project.update(main, before)
    assert rows(project, before) == expected(before)
    made = table_id(project)
    project.update(main, after)
    assert rows(project, after) == expected(after)
    assert (table_id(project) == made) == in_place
    assert project.failures == []
    before_again = project.versions("docs")
    assert project.update(main, after).num_unchanged == 2
    assert project.versions("docs") == before_again


def test_primary_key(project: Project) -> None:
    project.update(main, BASE)
    project.update(main, BASE, ["name", "id"])
    assert rows(project, BASE) == expected(BASE)
    project.update(main, BASE)
    assert rows(project, BASE) == expected(BASE)


@pytest.mark.parametrize("same", ["int8", "BIGINT", " bigint "])
def test_other_names_of_a_type_change_nothing(project: Project, same: str) -> None:
    project.update(main, BASE)
    before = project.versions("docs")
    project.update(main, {**BASE, "id": postgres.ColumnDef(same)})
    assert project.versions("docs") == before
    assert project.failures == []


def test_order_of_columns_means_nothing(project: Project) -> None:
    project.update(main, BASE)
    before = project.versions("docs")
    project.update(main, dict(reversed(BASE.items())))
    assert project.versions("docs") == before


def test_a_type_with_a_typo_harms_nothing(project: Project) -> None:
    project.update(main, BASE)
    with pytest.raises(PostgresSchemaError, match='type "tetx" does not exist'):
        project.update(main, {**BASE, "name": postgres.ColumnDef("tetx")})
    assert rows(project, BASE) == expected(BASE)


def test_emptied_table_is_filled_when_its_primary_key_changes_back(project: Project) -> None:
    project.update(main, BASE, ["id", "name"])
    project.update(main, BASE)
    assert rows(project, BASE) == expected(BASE)

"""A changed schema reaches the table, and every row is as declared after the same update, memoized or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")
Columns = dict[str, sqlite.ColumnDef]

ID = sqlite.ColumnDef("INTEGER")
TEXT = sqlite.ColumnDef("TEXT")
FULL = sqlite.ColumnDef("TEXT", nullable=False)
VECTOR = sqlite.ColumnDef("float[2]")
BASE = {"id": ID, "name": TEXT}
VECTORS = {"id": ID, "vector": VECTOR, "name": TEXT}

# What every row would hold in any column that a schema may have.
VALUES = {"name": "n", "size": "s", "kind": "k", "vector": [1.0, 2.0]}


@coco.fn(memo=True)
async def rows_of(ids: list[int], columns: list[str], table: sqlite.TableTarget[dict[str, Any]]) -> None:
    for id in ids:
        table.declare_row(row={"id": id, **{name: VALUES[name] for name in columns if name != "id"}})


@coco.fn
async def main(columns: Columns, key: list[str] | None = None, vec0: sqlite.Vec0TableDef | None = None) -> None:
    schema = sqlite.TableSchema[dict[str, Any]](columns, key or ["id"])
    table = await sqlite.mount_table_target(DB, "docs", schema, virtual_table_def=vec0)
    await coco.mount(coco.component_subpath("few"), rows_of, [1, 2], sorted(columns), table)
    await coco.mount(coco.component_subpath("one"), rows_of, [3], sorted(columns), table)


def expected(columns: Columns) -> list[tuple[Any, ...]]:
    vector = b"\0\0\x80?\0\0\0@"
    stored = {**VALUES, "vector": vector}
    return [tuple(i if name == "id" else stored[name] for name in sorted(columns)) for i in (1, 2, 3)]


def rows(project: Project, columns: Columns) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = project.query(f"SELECT {', '.join(sorted(columns))} FROM docs ORDER BY id")
    return found


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
def test_columns(project: Project, before: Columns, after: Columns, in_place: bool) -> None:
    project.update(main, before)
    assert rows(project, before) == expected(before)
    project.update(main, after)
    assert rows(project, after) == expected(after)
    assert any(statement.startswith("ALTER") for statement in project.writes) == in_place
    assert any(statement.startswith("DROP") for statement in project.writes) != in_place
    assert project.failures == []
    assert project.update(main, after).num_unchanged == 2
    assert project.writes == []


def test_primary_key(project: Project) -> None:
    project.update(main, BASE)
    project.update(main, BASE, ["name", "id"])
    assert rows(project, BASE) == expected(BASE)
    project.update(main, BASE)
    assert rows(project, BASE) == expected(BASE)


def test_vec0_and_back(project: Project) -> None:
    steps: list[sqlite.Vec0TableDef | None] = [
        None,
        sqlite.Vec0TableDef(),
        sqlite.Vec0TableDef(auxiliary_columns=["name"]),
        sqlite.Vec0TableDef(partition_key_columns=["name"]),
        None,
    ]
    for vec0 in steps:
        project.update(main, VECTORS, None, vec0)
        assert rows(project, VECTORS) == expected(VECTORS)
    assert project.failures == []


def test_vec0_columns(project: Project) -> None:
    project.update(main, VECTORS, None, sqlite.Vec0TableDef())
    more = {**VECTORS, "size": TEXT}
    project.update(main, more, None, sqlite.Vec0TableDef())
    assert rows(project, more) == expected(more)
    project.update(main, more, None, sqlite.Vec0TableDef())
    assert project.writes == []


def test_order_of_columns_means_nothing(project: Project) -> None:
    project.update(main, BASE)
    project.update(main, dict(reversed(BASE.items())))
    assert project.writes == []

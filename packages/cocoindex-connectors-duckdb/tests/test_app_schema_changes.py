"""A changed schema reaches the table, and every row is as declared after the same update, memoized or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
Columns = dict[str, duckdb.ColumnDef]

ID = duckdb.ColumnDef("INTEGER")
TEXT = duckdb.ColumnDef("VARCHAR")
FULL = duckdb.ColumnDef("VARCHAR", nullable=False)
VECTOR = duckdb.ColumnDef("float[2]")
BASE = {"id": ID, "name": TEXT}
VECTORS = {"id": ID, "vector": VECTOR, "name": TEXT}

# What every row would hold in any column that a schema may have.
VALUES = {"name": "n", "size": "s", "kind": "k", "vector": [1.0, 2.0]}


@coco.fn(memo=True)
async def rows_of(ids: list[int], columns: list[str], table: duckdb.TableTarget[dict[str, Any]]) -> None:
    for id in ids:
        table.declare_row(row={"id": id, **{name: VALUES[name] for name in columns if name != "id"}})


@coco.fn
async def main(columns: Columns, key: list[str] | None = None) -> None:
    schema = duckdb.TableSchema[dict[str, Any]](columns, key or ["id"])
    table = await duckdb.mount_table_target(DB, "docs", schema)
    await coco.mount(coco.component_subpath("few"), rows_of, [1, 2], sorted(columns), table)
    await coco.mount(coco.component_subpath("one"), rows_of, [3], sorted(columns), table)


def expected(columns: Columns) -> list[tuple[Any, ...]]:
    return [tuple(i if name == "id" else VALUES[name] for name in sorted(columns)) for i in (1, 2, 3)]


def rows(project: Project, columns: Columns) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = project.query(f"SELECT {', '.join(sorted(columns))} FROM docs ORDER BY id")
    return [tuple(list(value) if isinstance(value, tuple) else value for value in row) for row in found]  # FLOAT[2]


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
def test_columns(project: Project, before: Columns, after: Columns, changes: bool) -> None:
    project.update(main, before)
    assert rows(project, before) == expected(before)
    project.update(main, after)
    assert rows(project, after) == expected(after)
    assert project.has_written == changes
    assert project.failures == []
    assert project.update(main, after).num_unchanged == 2
    assert not project.has_written


def test_primary_key(project: Project) -> None:
    project.update(main, BASE)
    project.update(main, BASE, ["name", "id"])
    assert rows(project, BASE) == expected(BASE)
    project.update(main, BASE)
    assert rows(project, BASE) == expected(BASE)


def test_order_of_columns_means_nothing(project: Project) -> None:
    project.update(main, BASE)
    project.update(main, dict(reversed(BASE.items())))
    assert not project.has_written

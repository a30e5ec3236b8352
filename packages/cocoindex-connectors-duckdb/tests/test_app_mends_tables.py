"""What others did to a table is mended by the next update, with all its rows, also those of memoized components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
SCHEMA = duckdb.TableSchema[dict[str, Any]](
    {"id": duckdb.ColumnDef("INTEGER"), "a": duckdb.ColumnDef("VARCHAR")}, ["id"]
)


@coco.fn(memo=True)
async def row_of(id: int, table: duckdb.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def main(ids: list[int]) -> None:
    table = await duckdb.mount_table_target(DB, "docs", SCHEMA)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)


@pytest.mark.parametrize(
    "damage",
    [
        ("DROP TABLE docs",),
        ("ALTER TABLE docs DROP COLUMN a",),
        ("ALTER TABLE docs RENAME COLUMN a TO b",),
        ("ALTER TABLE docs RENAME TO elsewhere",),
    ],
)
def test_mended(project: Project, damage: tuple[str, ...]) -> None:
    project.update(main, [1, 2, 3])
    project.run(*damage)
    project.update(main, [1, 2, 4])
    assert project.query("SELECT id, a FROM docs ORDER BY id") == [(1, "a1"), (2, "a2"), (4, "a4")]
    assert project.failures == []
    project.update(main, [1, 2, 4])
    assert not project.has_written


def test_table_that_was_dropped_before_the_app(project: Project) -> None:
    project.update(main, [1])
    project.run("DROP TABLE docs")
    project.drop(main, [])
    assert project.tables() == set()

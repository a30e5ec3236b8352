"""Rows follow what is declared: inserted, updated, deleted, and left alone where nothing changed."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[dict[str, Any]](
    {"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text"), "n": postgres.ColumnDef("numeric")}, ["id"]
)


@coco.fn
async def rows_of(ids: range, suffix: str, table: postgres.TableTarget[dict[str, Any]]) -> None:
    for id in ids:
        table.declare_row(row={"id": id, "a": f"a{id}{suffix}", "n": id})


@coco.fn
async def main(ids: range, suffix: str = "") -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA)
    await coco.mount(coco.component_subpath("rows"), rows_of, ids, suffix, table)


def rows(project: Project) -> list[Any]:
    return project.query("SELECT id, a, n::int FROM docs ORDER BY id")


# Few rows are written by a statement each, many by COPY.
@pytest.mark.parametrize("count", [3, 500])
def test_rows_follow(project: Project, count: int) -> None:
    project.update(main, range(count))
    assert rows(project) == [(i, f"a{i}", i) for i in range(count)]
    before = project.versions("docs")
    project.update(main, range(count))
    assert project.versions("docs") == before
    project.update(main, range(count // 3, count), "!")
    assert rows(project) == [(i, f"a{i}!", i) for i in range(count // 3, count)]
    project.update(main, range(0))
    assert rows(project) == []
    project.drop(main, range(0))
    assert project.query("SELECT to_regclass('docs')") == [(None,)]
    assert project.failures == []


def test_rows_of_an_app_that_is_dropped(project: Project) -> None:
    project.update(main, range(3))
    project.drop(main, range(0))
    assert project.query("SELECT to_regclass('docs')") == [(None,)]


def test_full_reprocess_repairs_rows(project: Project) -> None:
    project.update(main, range(3))
    project.run("DELETE FROM docs WHERE id = 1", "UPDATE docs SET a = 'other' WHERE id = 2")
    project.update(main, range(3), full_reprocess=True)
    assert rows(project) == [(i, f"a{i}", i) for i in range(3)]


def test_serial_columns(project: Project) -> None:
    @coco.fn
    async def numbered(ids: list[int], kind: str) -> None:
        columns = {"id": postgres.ColumnDef(kind), "n": postgres.ColumnDef("bigserial")}
        table = await postgres.mount_table_target(DB, "numbered", postgres.TableSchema[Any](columns, ["id"]))
        for id in ids:
            table.declare_row(row={"id": id, "n": id * 2})

    for ids, kind in (([1, 2], "serial"), ([2, 3], "serial"), ([2, 3], "integer"), ([], "integer")):
        project.update(numbered, ids, kind)
        assert project.failures == []
        assert project.query("SELECT id, n FROM numbered ORDER BY id") == [(id, 2 * id) for id in ids]
    project.run("INSERT INTO numbered DEFAULT VALUES")  # as the column was made with its sequence
    assert project.query("SELECT id, n FROM numbered") == [(1, 1)]


def test_rows_and_values_that_cannot_be_changed(project: Project) -> None:
    @coco.fn
    async def frozen() -> None:
        columns = {"id": postgres.ColumnDef("int"), "v": postgres.ColumnDef("jsonb")}
        table = await postgres.mount_table_target(DB, "frozen", postgres.TableSchema[Any](columns, ["id"]))
        table.declare_row(row=MappingProxyType({"id": 1, "v": MappingProxyType({"a": [MappingProxyType({"b": 1})]})}))

    project.update(frozen)
    assert project.query("SELECT v FROM frozen") == [({"a": [{"b": 1}]},)]

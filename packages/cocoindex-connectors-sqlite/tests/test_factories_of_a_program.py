"""A program may set factories of rows and texts for its connection: the connector reads and writes as without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from .conftest import Project

DB = coco.ContextKey[Any]("target_db")


def as_dict(cursor: Any, row: Any) -> Any:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


@coco.fn
async def main(rows: list[dict[str, Any]]) -> None:
    schema = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "a": sqlite.ColumnDef("TEXT")}, ["id"])
    table = await sqlite.mount_table_target(DB, "docs", schema)
    for row in rows:
        table.declare_row(row=row)


@coco.fn
async def read(seen: list[Any]) -> None:
    async for row in sqlite.SqliteTableSource(coco.use_context(DB), table_name="docs").fetch_rows():
        seen.append(row)


@pytest.mark.parametrize(
    ("factory", "value"), [("row_factory", sqlite.sqlite3.Row), ("row_factory", as_dict), ("text_factory", bytes)]
)
def test_they_change_nothing(project: Project, factory: str, value: Any) -> None:
    with project.connection.readonly() as raw:
        setattr(raw, factory, value)
    rows = [{"id": 1, "a": "x"}, {"id": 2, "a": "y"}]
    for some in (rows, rows[1:]):
        seen: list[Any] = []
        project.update(main, some)
        project.update(read, seen, app="reader")
        assert project.failures == []
        assert seen == some
    with project.connection.readonly() as raw:
        assert getattr(raw, factory) is value
    project.drop(main, [])
    with project.connection.readonly() as raw:
        raw.row_factory, raw.text_factory = None, str
    assert "docs" not in project.tables()

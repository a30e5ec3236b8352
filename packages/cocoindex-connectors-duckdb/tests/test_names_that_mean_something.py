"""Tables and columns may have any name, also one that statements of the connector or DuckDB use themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
NAMES = ["r", "t", "g", "k1", "excluded", "rowid", "select", 'a "b"', "É", "é", " ", "a\nb", "{}", "?", "$1", "'; --"]


@coco.fn
async def main(name: str, key: str, other: str, ids: list[int], **options: Any) -> None:
    kind = duckdb.ColumnDef("BIGINT")
    table = await duckdb.mount_table_target(
        DB, name, duckdb.TableSchema[Any]({key: kind, other: kind}, [key]), **options
    )
    for id in ids:
        table.declare_row(row={key: id, other: id})


@pytest.mark.parametrize("name", NAMES)
def test_any_name(project: Project, name: str) -> None:
    other = NAMES[NAMES.index(name) - 1]

    @coco.fn
    async def program(ids: list[int], more: bool = False) -> None:
        await main(name, name, other, ids)
        if more:
            await main(f"{name} more", other, name, ids)

    project.update(program, [1, 2])
    project.update(program, [2, 3], True)
    assert project.failures == []
    assert {tuple(row) for row in read(project, name)} == {(2, 2), (3, 3)}
    assert {tuple(row) for row in read(project, f"{name} more")} == {(2, 2), (3, 3)}
    project.update(program, [2, 3], True)
    assert not project.has_written
    project.drop(program, [])
    assert project.tables() == set()


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_table_of_others(project: Project, name: str) -> None:
    @coco.fn
    async def program(ids: list[int]) -> None:
        await main(name, name, "v", ids, managed_by="user")

    quoted = '"' + name.replace('"', '""') + '"'
    project.run(f"CREATE TABLE {quoted} ({quoted} BIGINT PRIMARY KEY, v BIGINT)", f"INSERT INTO {quoted} VALUES (1, 7)")
    project.update(program, [1, 2])
    project.update(program, [])
    assert [tuple(row) for row in read(project, name)] == [(1, 1)]


def read(project: Project, table: str) -> list[Any]:
    source = duckdb.DuckdbTableSource[dict[str, Any]](project.connection, table_name=table)
    return [tuple(row.values()) for row in source.fetch_rows()]

"""A row that cannot be stored fails its component alone, says which row it is, and is written once it is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.connectors.duckdb.errors import DuckdbConnectionError
from cocoindex.errors import SqlRowError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
SCHEMA = duckdb.TableSchema[dict[str, Any]](
    {"id": duckdb.ColumnDef("BIGINT"), "a": duckdb.ColumnDef("VARCHAR"), "v": duckdb.ColumnDef("FLOAT[2]")}, ["id"]
)


@coco.fn
async def row_of(row: dict[str, Any], table: duckdb.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row=row)


@coco.fn
async def main(rows: list[dict[str, Any]]) -> None:
    table = await duckdb.mount_table_target(DB, "docs", SCHEMA)
    for row in rows:
        await coco.mount(coco.component_subpath(str(row["id"])), row_of, row, table)


GOOD = [{"id": i, "a": f"a{i}"} for i in range(20)]


def ids(project: Project) -> list[int]:
    return [id for (id,) in project.query("SELECT id FROM docs ORDER BY id")]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"id": 99, "v": [1.0]}, r"row \(id=99\) of the table 'docs' .* column 'v': it has 1 elements, but 2"),
        ({"id": 99, "b": 1}, r"the table 'docs' has no column 'b'; the row \(id=99\)"),
        (
            {"id": "ninety"},
            r"row \(id='ninety'\) of the table 'docs' .* column 'id': a value of the column is an int, not 'ninety'",
        ),
        ({"id": 2**63}, r"row \(id=9223372036854775808\) of the table 'docs' .* does not fit into BIGINT"),
        ({"id": None}, r"row \(id=None\) of the table 'docs' .* column 'id': the value is None"),
    ],
)
def test_row_that_cannot_be_declared(project: Project, bad: dict[str, Any], message: str) -> None:
    project.update(main, [*GOOD, bad])
    assert len(project.failures) == 1
    with pytest.raises(SqlRowError, match=message):
        raise project.failures[0]
    assert ids(project) == list(range(20))


def test_row_that_the_database_refuses(project: Project) -> None:
    project.update(main, [])
    project.run("CREATE UNIQUE INDEX by_a ON docs (a)")
    project.update(main, [*GOOD, {"id": 99, "a": "a7"}])
    assert len(project.failures) == 1
    with pytest.raises(SqlRowError, match=r"\(id=(7|99)\) of the table 'docs': .*a: a7"):
        raise project.failures[0]
    assert len(ids(project)) == 20
    project.update(main, [*GOOD, {"id": 99, "a": "a99"}])
    assert project.failures == []
    assert ids(project) == [*range(20), 99]


def test_connection_that_was_closed(project: Project, connection: duckdb.ManagedConnection) -> None:
    @coco.fn
    async def closes() -> None:
        connection.close()
        await main(GOOD)

    with pytest.raises(DuckdbConnectionError, match="was closed"):
        project.update(closes)


def test_large_rows_come_in_parts(project: Project) -> None:
    project.update(main, [{"id": i, "a": f"{i}" * 3_000_000} for i in range(1, 8)])
    assert project.failures == []
    assert project.query("SELECT id, length(a) FROM docs ORDER BY id") == [(i, 3_000_000) for i in range(1, 8)]

"""Vector indexes: made where the extension vss is at hand, else refused with a word on how to get it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.connectors.duckdb.errors import DuckdbExtensionError
from cocoindex.errors import SqlSchemaError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
COLUMNS = {"id": duckdb.ColumnDef("BIGINT"), "v": duckdb.ColumnDef("FLOAT[3]"), "note": duckdb.ColumnDef("VARCHAR")}
NEAREST = "SELECT id FROM docs ORDER BY array_distance(v, [5, 5, 5]::FLOAT[3]) LIMIT 3"


@coco.fn
async def row_of(id: int, table: duckdb.TableTarget[Any]) -> None:
    table.declare_row(row={"id": id, "v": [id, id, id]})


@coco.fn
async def main(ids: range, columns: dict[str, duckdb.ColumnDef] = COLUMNS, **index: Any) -> None:
    table = await duckdb.mount_table_target(DB, "docs", duckdb.TableSchema[Any](columns, ["id"]))
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)
    if index:
        table.declare_vector_index(**index)


@coco.fn
async def indexed(ids: range, index: dict[str, Any], columns: dict[str, duckdb.ColumnDef] = COLUMNS) -> None:
    await main(ids, columns, **index)


L2 = {"column": "v", "metric": "l2"}


def has_vss(project: Project) -> bool:
    return project.connection.has_vss


def indexes(project: Project) -> list[str]:
    return [name for (name,) in project.query("SELECT index_name FROM duckdb_indexes() ORDER BY 1")]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"column": "w"}, "there is no such column, only 'id', 'v', 'note'"),
        ({"column": "note"}, r"its type is VARCHAR, and only FLOAT\[n\] is indexed"),
        ({"column": "v", "metric": "dot"}, "the metric is one of 'cosine', 'l2', 'ip', not 'dot'"),
        ({"column": "v", "m": 1}, "m is an int of 2 or more, not 1"),
        ({"column": "v", "ef_construction": "x"}, "ef_construction is an int of 1 or more, not 'x'"),
        ({"column": "v", "name": ""}, "the name of a vector index of the table 'docs' is a str, not empty"),
    ],
)
def test_what_cannot_be_indexed(project: Project, options: dict[str, Any], says: str) -> None:
    with pytest.raises(SqlSchemaError, match=says):
        project.update(indexed, range(3), options)


def test_without_the_extension(project: Project) -> None:
    if has_vss(project):
        pytest.skip("the extension vss is at hand")
    project.update(main, range(3))
    with pytest.raises(DuckdbExtensionError, match=r"vss.*INSTALL vss.*duckdb-extension-vss"):
        project.update(indexed, range(3), L2)
    project.update(main, range(4))
    assert project.query(NEAREST) == [(3,), (2,), (1,)]


def test_insisting_on_the_extension(tmp_path: Path, project: Project) -> None:
    if has_vss(project):
        assert duckdb.connect(":memory:", load_vss=True).has_vss
        return
    with pytest.raises(DuckdbExtensionError, match="INSTALL vss"):
        duckdb.connect(tmp_path / "a.duckdb", load_vss=True)


@pytest.fixture
def vss(project: Project) -> Iterator[Project]:
    """A project whose connection has the extension."""
    if not has_vss(project):
        pytest.skip("the extension vss is not at hand")
    yield project


def test_made_and_dropped(vss: Project) -> None:
    vss.update(indexed, range(20), L2)
    assert indexes(vss) == ["docs__vector__v"]
    assert vss.query(NEAREST)[0] == (5,)
    assert "HNSW_INDEX_SCAN" in str(vss.query(f"EXPLAIN {NEAREST}"))
    vss.update(indexed, range(20), L2)
    assert not vss.has_written
    vss.update(indexed, range(6, 30), L2)
    assert [id for (id,) in vss.query(NEAREST)] == [6, 7, 8]
    vss.update(main, range(6, 30))
    assert indexes(vss) == []


def test_made_anew_when_it_changes_or_is_gone(vss: Project) -> None:
    vss.update(indexed, range(5), L2)
    vss.update(indexed, range(5), {"column": "v", "metric": "cosine", "m": 8, "ef_construction": 32})
    (made,) = vss.query("SELECT metric FROM pragma_hnsw_index_info()")
    assert made == ("cosine",)
    vss.run("DROP INDEX docs__vector__v")
    vss.update(indexed, range(5), {"column": "v", "metric": "cosine", "m": 8, "ef_construction": 32})
    assert indexes(vss) == ["docs__vector__v"]


def test_columns_change_beside_an_index(vss: Project) -> None:
    vss.update(indexed, range(5), L2)
    fewer = {name: column for name, column in COLUMNS.items() if name != "note"}
    for columns in (fewer, COLUMNS, {**COLUMNS, "note": duckdb.ColumnDef("JSON")}):
        vss.update(indexed, range(5), L2, columns)
        assert vss.failures == []
        assert indexes(vss) == ["docs__vector__v"]
        assert vss.query(NEAREST)[0] == (4,)


def test_two_indexes_and_the_table_goes(vss: Project) -> None:
    @coco.fn
    async def two() -> None:
        table = await duckdb.mount_table_target(DB, "docs", duckdb.TableSchema[Any](COLUMNS, ["id"]))
        table.declare_vector_index(column="v", metric="l2")
        table.declare_vector_index(column="v", metric="ip", name="other")

    vss.update(two)
    assert indexes(vss) == ["docs__vector__other", "docs__vector__v"]
    vss.drop(two)
    assert vss.tables() == set()


def test_an_index_of_others_is_not_touched(vss: Project) -> None:
    vss.update(main, range(5))
    vss.run("CREATE INDEX mine ON docs USING HNSW (v)")
    vss.update(main, range(1, 6))
    assert vss.failures == []
    assert indexes(vss) == ["mine"]


def test_a_database_with_an_index_without_the_extension(vss: Project, database: Path) -> None:
    vss.update(indexed, range(5), L2)
    vss.connection.close()
    with duckdb.managed_connection(database, load_vss=False) as plain:
        vss.connection = plain
        vss.provide(DB, plain)
        vss.update(main, range(6))
        assert any("vss" in str(failure) for failure in vss.failures) or vss.failures == []


KILLED = """
import os, signal, sys
from cocoindex.connectors import duckdb
with duckdb.managed_connection(sys.argv[1], load_vss=True) as connection:
    with connection.transaction() as raw:
        raw.execute("UPDATE docs SET v = [id + 1, id + 1, id + 1]")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed(vss: Project, database: Path) -> None:
    vss.update(indexed, range(20), L2)
    vss.connection.close()
    assert subprocess.run([sys.executable, "-c", KILLED, str(database)], check=False).returncode == -signal.SIGKILL
    assert os.path.exists(f"{database}.wal")
    with duckdb.managed_connection(database, load_vss=True) as reopened:
        vss.connection = reopened
        vss.provide(DB, reopened)
        assert vss.query(NEAREST)[0] == (4,)
        vss.update(indexed, range(1, 21), L2)
        assert vss.failures == []
        assert indexes(vss) == ["docs__vector__v"]
        assert vss.query(NEAREST)[0] in ((4,), (5,))

"""A table that an app did not make, and rows that were there before, stay; one that was made anew is filled again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.errors import SqlArgumentError, SqlTableError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
OTHER = coco.ContextKey[duckdb.ManagedConnection]("other_key")
SCHEMA = duckdb.TableSchema[Any]({"id": duckdb.ColumnDef("INTEGER"), "a": duckdb.ColumnDef("VARCHAR")}, ["id"])
MADE_BY_HAND = "CREATE TABLE docs (id INTEGER NOT NULL, a TEXT, PRIMARY KEY (id))"


@coco.fn(memo=True)
async def row_of(id: int, table: duckdb.TableTarget[Any]) -> None:
    table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def main(ids: list[int], key: coco.ContextKey[Any] = DB, **options: Any) -> None:
    table = await duckdb.mount_table_target(key, "docs", SCHEMA, **options)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)


@coco.fn
async def adopting(ids: list[int]) -> None:
    await main(ids, adopt=True)


@coco.fn
async def by_another_key(ids: list[int]) -> None:
    await main(ids, OTHER)


@coco.fn
async def nothing() -> None:
    pass


def ids(project: Project) -> list[int]:
    return [id for (id,) in project.query("SELECT id FROM docs ORDER BY id")]


def is_there(project: Project) -> bool:
    return bool(project.query("SELECT 1 FROM duckdb_tables() WHERE table_name = 'docs'"))


def test_a_table_that_fits_is_refused(project: Project) -> None:
    project.run(MADE_BY_HAND, "INSERT INTO docs VALUES (100, 'mine')")
    for _ in range(2):
        with pytest.raises(SqlTableError, match=r"is there already, is not known to be made by this app\. Drop or"):
            project.update(main, [1])
    project.update(nothing)
    project.drop(main, [1])
    assert project.query("SELECT * FROM docs") == [(100, "mine")]


def test_an_adopted_table_keeps_what_was_there(project: Project) -> None:
    project.run(MADE_BY_HAND, "INSERT INTO docs VALUES (100, 'mine')")
    project.update(adopting, [1, 2])
    assert ids(project) == [1, 2, 100]
    project.update(adopting, [2])
    assert ids(project) == [2, 100]
    project.drop(adopting, [2])
    assert 100 in ids(project)
    project.run("DROP TABLE docs")


def test_adopting_makes_a_table_that_is_not_there(project: Project) -> None:
    project.update(adopting, [1])
    assert ids(project) == [1]
    project.update(adopting, [2])
    assert project.failures == []
    project.drop(adopting, [])
    assert not is_there(project)


def test_adopt_is_true_or_false(project: Project) -> None:
    @coco.fn
    async def wrong() -> None:
        await main([], adopt="yes")

    with pytest.raises(SqlArgumentError, match="adopt= of the table 'docs' is True or False, not 'yes'"):
        project.update(wrong)


def test_a_table_that_was_made_anew_by_hand_is_filled_and_stays(project: Project) -> None:
    project.update(main, [1, 2, 3])
    project.run("DROP TABLE docs", MADE_BY_HAND, "INSERT INTO docs VALUES (100, 'mine')")
    project.update(main, [1, 2, 4])
    assert project.failures == []
    assert ids(project) == [1, 2, 4, 100]
    project.update(main, [1, 2, 4])
    assert not project.has_written
    project.update(nothing)
    assert 100 in ids(project)


def test_a_table_that_was_made_anew_by_its_own_statement_is_filled(project: Project) -> None:
    project.update(main, [1, 2])
    ((statement,),) = project.query("SELECT sql FROM duckdb_tables() WHERE table_name = 'docs'")
    project.run("DROP TABLE docs", statement)
    project.update(main, [1, 2])
    assert ids(project) == [1, 2]


@pytest.mark.parametrize("options", [{"managed_by": "user"}, {"adopt": True}])
def test_a_table_of_others_that_they_made_anew_is_filled(project: Project, options: dict[str, Any]) -> None:
    @coco.fn
    async def used(ids: list[int]) -> None:
        await main(ids, **options)

    project.run(MADE_BY_HAND)
    project.update(used, [1, 2])
    project.update(used, [1, 2])
    assert not project.has_written
    project.run("DROP TABLE docs", f"{MADE_BY_HAND[:-1]}, CHECK (id > 0))")  # DuckDB numbers no tables
    project.update(used, [1, 2])
    assert ids(project) == [1, 2]
    project.run("CREATE TABLE elsewhere (x INTEGER)")  # after which it may be another table: a row that goes has to go
    project.update(used, [2])
    assert ids(project) == [2]


@pytest.fixture
def second(tmp_path: Path) -> Iterator[duckdb.ManagedConnection]:
    """Another database."""
    with duckdb.managed_connection(tmp_path / "second.duckdb") as connection:
        yield connection


@pytest.mark.parametrize("made", [False, True])
def test_another_database_is_filled(project: Project, second: duckdb.ManagedConnection, made: bool) -> None:
    project.update(main, [1, 2])
    if made:
        with second.transaction() as raw:
            raw.execute(MADE_BY_HAND)
    project.provide(DB, second)
    project.update(main, [1, 2])
    with second.readonly() as raw:
        assert raw.execute("SELECT id FROM docs ORDER BY id").fetchall() == [(1,), (2,)]


def test_back_to_a_database_that_was_filled_before(project: Project, second: duckdb.ManagedConnection) -> None:
    project.update(main, [1, 2])
    project.provide(DB, second)
    project.update(main, [1, 2, 3])
    project.provide(DB, project.connection)
    project.update(main, [1, 2, 3])
    assert ids(project) == [1, 2, 3]


def test_the_same_table_by_another_key_keeps_its_rows(project: Project) -> None:
    project.provide(OTHER, project.connection)
    project.update(main, [1, 2])
    project.update(by_another_key, [1, 2, 3])
    assert ids(project) == [1, 2, 3]
    project.update(by_another_key, [2, 3])
    assert ids(project) == [2, 3]
    project.drop(by_another_key, [])
    assert not is_there(project)


def test_a_table_of_a_store_that_was_lost_is_taken_over(project: Project) -> None:
    project.update(main, [1, 2])
    project.lose_store()
    project.update(main, [2, 3])
    assert {2, 3} <= set(ids(project))
    project.drop(main, [])
    assert ids(project) == [1]  # nothing says any more that we wrote it
    project.run("DELETE FROM docs")
    project.update(main, [2, 3])
    project.lose_store()
    project.update(main, [1, 2, 3])
    project.drop(main, [])
    assert not is_there(project)


def test_a_table_of_another_store_is_refused(project: Project, tmp_path: Path) -> None:
    other = type(project)(tmp_path / "other", project.connection)
    other.update(main, [1])
    with pytest.raises(SqlTableError, match="is not known to be made by this app"):
        project.update(main, [2])
    project.drop(main, [])
    assert ids(project) == [1]

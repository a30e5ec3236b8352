"""A table that an app did not make, and rows that were there before, stay; one that was made anew is filled again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteArgumentError, SqliteTableError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")
OTHER = coco.ContextKey[sqlite.ManagedConnection]("other_key")
SCHEMA = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "a": sqlite.ColumnDef("TEXT")}, ["id"])
MADE_BY_HAND = "CREATE TABLE docs (id INTEGER NOT NULL, a TEXT, PRIMARY KEY (id))"


@coco.fn(memo=True)
async def row_of(id: int, table: sqlite.TableTarget[Any]) -> None:
    table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def main(ids: list[int], key: coco.ContextKey[Any] = DB, **options: Any) -> None:
    table = await sqlite.mount_table_target(key, "docs", SCHEMA, **options)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)


@coco.fn
async def by_another_key(ids: list[int]) -> None:
    await main(ids, OTHER)


@coco.fn
async def nothing() -> None:
    pass


def ids(project: Project) -> list[int]:
    return [id for (id,) in project.query("SELECT id FROM docs ORDER BY id")]


def is_there(project: Project) -> bool:
    return bool(project.query("SELECT 1 FROM sqlite_master WHERE name = 'docs'"))


def test_a_table_that_fits_is_refused(project: Project) -> None:
    project.run(MADE_BY_HAND, "INSERT INTO docs VALUES (100, 'mine')")
    for _ in range(2):
        with pytest.raises(SqliteTableError, match=r"is there already, is not known to be made by this app\. Drop or"):
            project.update(main, [1])
    project.update(nothing)
    project.drop(main, [1])
    assert project.query("SELECT * FROM docs") == [(100, "mine")]


def test_adopt_is_true_or_false(project: Project) -> None:
    @coco.fn
    async def wrong() -> None:
        await main([], adopt="yes")

    with pytest.raises(SqliteArgumentError, match="adopt= of the table 'docs' is True or False, not 'yes'"):
        project.update(wrong)


def test_a_table_that_was_made_anew_by_hand_is_filled_and_stays(project: Project) -> None:
    project.update(main, [1, 2, 3])
    project.run("DROP TABLE docs", MADE_BY_HAND, "INSERT INTO docs VALUES (100, 'mine')")
    project.update(main, [1, 2, 4])
    assert project.failures == []
    assert ids(project) == [1, 2, 4, 100]
    project.update(main, [1, 2, 4])
    assert project.writes == []
    project.update(nothing)
    assert 100 in ids(project)


def test_a_table_that_was_made_anew_by_its_own_statement_is_filled(project: Project) -> None:
    project.update(main, [1, 2])
    ((statement,),) = project.query("SELECT sql FROM sqlite_master WHERE name = 'docs'")
    project.run("DROP TABLE docs", statement)
    project.update(main, [1, 2])
    assert ids(project) == [1, 2]


@pytest.fixture
def second(tmp_path: Path) -> Iterator[sqlite.ManagedConnection]:
    """Another database."""
    with sqlite.managed_connection(tmp_path / "second.sqlite") as connection:
        yield connection


@pytest.mark.parametrize("made", [False, True])
def test_another_database_is_filled(project: Project, second: sqlite.ManagedConnection, made: bool) -> None:
    project.update(main, [1, 2])
    if made:
        with second.transaction() as raw:
            raw.execute(MADE_BY_HAND)
    project.provide(DB, second)
    project.update(main, [1, 2])
    with second.readonly() as raw:
        assert raw.execute("SELECT id FROM docs ORDER BY id").fetchall() == [(1,), (2,)]


def test_back_to_a_database_that_was_filled_before(project: Project, second: sqlite.ManagedConnection) -> None:
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
    with pytest.raises(SqliteTableError, match="is not known to be made by this app"):
        project.update(main, [2])
    project.drop(main, [])
    assert ids(project) == [1]


def test_vec0_tables_are_known_too(project: Project) -> None:
    vectors = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "v": sqlite.ColumnDef("float[2]")}, ["id"])
    vec0 = sqlite.Vec0TableDef()
    by_hand = "CREATE VIRTUAL TABLE docs USING vec0(id INTEGER PRIMARY KEY, v float[2])"

    @coco.fn
    async def vector_main(ids: list[int]) -> None:
        table = await sqlite.mount_table_target(DB, "docs", vectors, virtual_table_def=vec0)
        for id in ids:
            table.declare_row(row={"id": id, "v": [1.0, 2.0]})

    project.run(by_hand)
    with pytest.raises(SqliteTableError, match="is not known to be made by this app"):
        project.update(vector_main, [1])
    project.run("DROP TABLE docs")
    project.update(vector_main, [1])
    project.update(vector_main, [1])
    assert project.writes == []
    project.run("DROP TABLE docs", by_hand.replace("docs", '"docs"'))
    project.update(vector_main, [1, 2])
    assert ids(project) == [1, 2]
    project.lose_store()
    project.update(nothing)
    assert ids(project) == [1, 2]

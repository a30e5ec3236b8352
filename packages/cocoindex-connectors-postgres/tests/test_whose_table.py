"""A table that an app did not make, and rows that were there before, stay; one that was made anew is filled again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresArgumentError, PostgresTableError

if TYPE_CHECKING:
    from tests.conftest import Project, Server

DB = coco.ContextKey[Any]("target_db")
OTHER = coco.ContextKey[Any]("other_key")
SCHEMA = postgres.TableSchema[Any]({"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text")}, ["id"])
MADE_BY_HAND = "CREATE TABLE docs (id bigint PRIMARY KEY, a text)"


@coco.fn(memo=True)
async def row_of(id: int, table: postgres.TableTarget[Any]) -> None:
    table.declare_row(row={"id": id, "a": f"a{id}"})


@coco.fn
async def main(ids: list[int], key: coco.ContextKey[Any] = DB, **options: Any) -> None:
    table = await postgres.mount_table_target(key, "docs", SCHEMA, **options)
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


@coco.fn
async def declare(adopt: bool) -> postgres.TableTarget[Any, coco.PendingS]:
    return postgres.declare_table_target(DB, "docs", SCHEMA, adopt=adopt)


@coco.fn
async def declaring(ids: list[int], adopt: bool = False) -> None:
    table = await coco.use_mount(coco.component_subpath("table"), declare, adopt)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, table)


def ids(project: Project) -> list[int]:
    return [id for (id,) in project.query("SELECT id FROM docs ORDER BY id")]


def is_there(project: Project) -> bool:
    return project.query("SELECT to_regclass('docs')") != [(None,)]


@pytest.mark.parametrize("main", [main, declaring])
def test_a_table_that_fits_is_refused(project: Project, main: Any) -> None:
    project.run(MADE_BY_HAND, "INSERT INTO docs VALUES (100, 'mine')")
    for _ in range(2):
        with pytest.raises(
            PostgresTableError, match=r"is there already, and is not known to be made by this app\. Drop"
        ):
            project.update(main, [1])
    project.update(nothing)
    project.drop(main, [1])
    assert project.query("SELECT * FROM docs") == [(100, "mine")]


@coco.fn
async def declaring_adopted(ids: list[int]) -> None:
    await declaring(ids, adopt=True)


@pytest.mark.parametrize("adopting", [adopting, declaring_adopted])
def test_an_adopted_table_keeps_what_was_there(project: Project, adopting: Any) -> None:
    project.run(MADE_BY_HAND, "INSERT INTO docs VALUES (100, 'mine')")
    project.update(adopting, [1, 2])
    assert ids(project) == [1, 2, 100]
    project.update(adopting, [2])
    assert ids(project) == [2, 100]
    project.drop(adopting, [2])
    assert 100 in ids(project)


def test_adopt_is_true_or_false(project: Project) -> None:
    @coco.fn
    async def wrong() -> None:
        await main([], adopt="yes")

    with pytest.raises(PostgresArgumentError, match="adopt= of the table 'docs' is True or False, not 'yes'"):
        project.update(wrong)


@pytest.mark.parametrize(
    "anew",
    [
        ["DROP TABLE docs", MADE_BY_HAND],
        ["CREATE TABLE copy (LIKE docs INCLUDING ALL)", "DROP TABLE docs", "ALTER TABLE copy RENAME TO docs"],
    ],
)
def test_a_table_that_was_made_anew_by_hand_is_filled_and_stays(project: Project, anew: list[str]) -> None:
    project.update(main, [1, 2, 3])
    project.run(*anew, "INSERT INTO docs VALUES (100, 'mine')")
    project.update(main, [1, 2, 4])
    assert project.failures == []
    assert ids(project) == [1, 2, 4, 100]
    before = project.versions("docs")
    project.update(main, [1, 2, 4])
    assert project.versions("docs") == before
    project.update(nothing)
    assert 100 in ids(project)


def test_a_declared_table_that_was_made_anew_is_an_error_that_says_what_to_do(project: Project) -> None:
    project.update(declaring, [1])
    project.run("DROP TABLE docs", MADE_BY_HAND)
    with pytest.raises(PostgresTableError, match="is not known to be made by this app"):
        project.update(declaring, [1])


def test_a_comment_may_be_longer_and_may_be_gone(project: Project) -> None:
    project.update(main, [1])
    ((comment,),) = project.query("SELECT obj_description('docs'::regclass, 'pg_class')")
    project.run(f"COMMENT ON TABLE docs IS 'Our documents. {comment}'")
    before = project.versions("docs")
    project.update(main, [1])
    assert project.versions("docs") == before
    project.run("COMMENT ON TABLE docs IS NULL")
    project.update(main, [1, 2])
    assert ids(project) == [1, 2]
    project.drop(main, [])
    assert is_there(project)  # nothing says any more that we made it


@pytest.mark.parametrize("made", [False, True])
def test_another_database_is_filled(project: Project, server: Server, made: bool) -> None:
    first = project.database
    project.update(main, [1, 2])
    with server.new_database() as project.database:
        if made:
            project.run(MADE_BY_HAND)
        project.update(main, [1, 2])
        assert ids(project) == [1, 2]
        project.update(main, [1, 2, 3])
        project.database, second = first, project.database
        project.update(main, [1, 2, 3])
        assert ids(project) == [1, 2, 3]
        project.database = second
        project.update(main, [1, 2, 3, 4])
        assert ids(project) == [1, 2, 3, 4]
        project.database = first


def test_the_same_table_by_another_key_keeps_its_rows(project: Project) -> None:
    project.also_as = OTHER
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
    type(project)(tmp_path / "other", project.database).update(main, [1])
    with pytest.raises(PostgresTableError, match="is not known to be made by this app"):
        project.update(main, [2])
    project.drop(main, [])
    assert ids(project) == [1]

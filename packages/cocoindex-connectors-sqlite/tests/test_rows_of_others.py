"""Rows that others wrote into a table of an app are not removed with it; only those that the app wrote are."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteTableError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
ID, TEXT = sqlite.ColumnDef("INTEGER"), sqlite.ColumnDef("TEXT")
BASE = {"id": ID, "a": TEXT}


@coco.fn
async def row_of(id: Any, key: list[str], table: sqlite.TableTarget[Any]) -> None:
    table.declare_row(row=dict.fromkeys(key, id) | ({"a": "ours"} if "a" not in key else {}))


@coco.fn
async def main(
    ids: list[Any], columns: dict[str, Any] = BASE, key: tuple[str, ...] = ("id",), own: bool = True
) -> None:
    table = await sqlite.mount_table_target(DB, "docs", sqlite.TableSchema[Any](columns, list(key)))
    for id in ids:
        if own:
            await coco.mount(coco.component_subpath(str(id)), row_of, id, list(key), table)
        else:
            await row_of(id, list(key), table)


@coco.fn
async def nothing() -> None:
    pass


def ids(project: Project) -> list[Any]:
    return [id for (id,) in project.query("SELECT id FROM docs ORDER BY id")]


def is_there(project: Project) -> bool:
    return project.query("SELECT 1 FROM sqlite_master WHERE name = 'docs'") != []


@pytest.fixture(params=["drop", "undeclared"])
def remove(request: pytest.FixtureRequest, project: Project) -> Any:
    """What has the table no longer wanted: the app is dropped, or declares it no longer."""
    return (lambda: project.drop(main, [])) if request.param == "drop" else (lambda: project.update(nothing))


@pytest.mark.parametrize("own", [True, False])
def test_a_table_stays_with_rows_of_others(
    project: Project, remove: Any, own: bool, caplog: pytest.LogCaptureFixture
) -> None:
    project.update(main, [1, 2, 3], BASE, ("id",), own)
    project.run("INSERT INTO docs VALUES (100, 'mine'), (101, 'mine')")
    with caplog.at_level(logging.WARNING):
        remove()
    assert project.failures == []
    assert ids(project) == [100, 101]
    assert [record.getMessage() for record in caplog.records] == [
        f"the table 'docs' in the SQLite database {project.connection.database} is no longer declared, and stays with "
        "2 rows that this app is not known to have written; those that it wrote are deleted, and the table is yours to "
        "drop"
    ]


@pytest.mark.parametrize("own", [True, False])
def test_a_table_goes_with_the_rows_of_the_app(project: Project, remove: Any, own: bool) -> None:
    project.update(main, [1, 2, 3], BASE, ("id",), own)
    project.update(main, [2, 3, 4], BASE, ("id",), own)
    project.run("UPDATE docs SET a = 'changed' WHERE id = 2", "DELETE FROM docs WHERE id = 3")
    remove()
    assert project.failures == []
    assert not is_there(project)


def test_rows_of_others_as_many_as_were_deleted(project: Project, remove: Any) -> None:
    project.update(main, [1, 2, 3])
    project.run("DELETE FROM docs WHERE id < 3", "INSERT INTO docs VALUES (100, 'mine'), (101, 'mine')")
    remove()
    assert ids(project) == [100, 101]


@pytest.mark.parametrize(
    ("kind", "values", "foreign"),
    [
        ("NUMERIC", [1.0, 2.5], "3"),
        ("REAL", [1.5, 0.1], "0.2"),
        ("TEXT COLLATE NOCASE", ["Ab", "c"], "'x'"),
        ("BLOB", [b"\0\\", b"'"], "x'aa'"),
    ],
)
def test_rows_are_known_by_keys_of_any_type(
    project: Project, remove: Any, kind: str, values: list[Any], foreign: str
) -> None:
    columns = {"id": sqlite.ColumnDef(kind), "a": TEXT}
    project.update(main, values, columns)
    assert len(ids(project)) == len(values)
    project.run(f"INSERT INTO docs VALUES ({foreign}, 'mine')")
    remove()
    assert project.query("SELECT a FROM docs") == [("mine",)]
    project.run("DELETE FROM docs")
    project.update(main, values, columns)
    assert len(ids(project)) == len(values)
    remove()
    assert not is_there(project)


def test_keys_of_two_columns(project: Project, remove: Any) -> None:
    columns, key = {"id": TEXT, "b": TEXT, "a": TEXT}, ("id", "b")
    project.update(main, ["x", "y"], columns, key)
    project.run("INSERT INTO docs VALUES ('x', 'y', 'mine')")
    remove()
    assert project.query("SELECT id, b FROM docs") == [("x", "y")]


def test_a_table_of_many_rows(project: Project, remove: Any) -> None:
    project.update(main, list(range(41_000)), BASE, ("id",), False)
    project.run("INSERT INTO docs VALUES (-1, 'mine')")
    remove()
    assert ids(project) == [-1]


def test_rows_of_others_keep_a_table_from_being_made_anew(project: Project) -> None:
    project.update(main, [1, 2])
    project.run("INSERT INTO docs VALUES (100, 'mine')")
    changed = {"id": ID, "a": sqlite.ColumnDef("TEXT", nullable=False)}
    with pytest.raises(SqliteTableError, match="would lose what others added: 1 row that this app is not known to"):
        project.update(main, [1, 2], changed)
    assert ids(project) == [1, 2, 100]
    project.run("DELETE FROM docs WHERE id = 100")
    project.update(main, [1, 2], changed)
    assert ids(project) == [1, 2]


def test_a_vec0_table(project: Project, remove: Any) -> None:
    vectors = sqlite.TableSchema[Any]({"id": ID, "v": sqlite.ColumnDef("float[2]")}, ["id"])

    @coco.fn
    async def embed() -> None:
        table = await sqlite.mount_table_target(DB, "docs", vectors, virtual_table_def=sqlite.Vec0TableDef())
        table.declare_row(row={"id": 1, "v": [1, 2]})

    project.update(embed)
    project.run("INSERT INTO docs (id, v) VALUES (100, '[3, 4]')")
    remove()
    assert ids(project) == [100]
    project.run("DELETE FROM docs")
    project.update(embed)
    remove()
    assert not is_there(project)


def test_a_table_that_another_app_also_fills(project: Project) -> None:
    project.update(main, [1], app="first")
    project.update(main, [2], app="second")
    project.drop(main, [], app="second")
    assert ids(project) == [1]

"""Tables of one app, of several apps, and of users live side by side in one database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteTableError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")
SCHEMA = sqlite.TableSchema[dict[str, Any]]({"id": sqlite.ColumnDef("INTEGER"), "a": sqlite.ColumnDef("TEXT")}, ["id"])


@coco.fn
async def main(tables: dict[str, dict[int, str]], managed_by: Literal["system", "user"] = "system") -> None:
    for name, rows in tables.items():
        table = await sqlite.mount_table_target(DB, name, SCHEMA, managed_by=managed_by)
        for id, a in rows.items():
            table.declare_row(row={"id": id, "a": a})


def tables(project: Project) -> dict[str, dict[int, str]]:
    names = project.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return {name: dict(project.query(f'SELECT id, a FROM "{name}"')) for (name,) in names}


def test_two_tables(project: Project) -> None:
    project.update(main, {"one": {1: "x"}, "two": {1: "y", 2: "z"}})
    assert tables(project) == {"one": {1: "x"}, "two": {1: "y", 2: "z"}}
    assert sum(statement.startswith("INSERT") for statement in project.writes) == 3
    project.update(main, {"two": {1: "y", 2: "z"}})
    assert tables(project) == {"two": {1: "y", 2: "z"}}
    assert not any(statement.startswith(("INSERT", "DELETE")) for statement in project.writes if "two" in statement)


def test_several_apps(project: Project) -> None:
    project.update(main, {"one": {1: "x"}}, app="first")
    project.update(main, {"two": {1: "y"}}, app="second")
    project.drop(main, {}, app="first")
    assert tables(project) == {"two": {1: "y"}}


@pytest.mark.parametrize("name", ['a "quoted" one', "select", "with space", "Ünïcödé 表", "semi;colon --"])
def test_odd_names(project: Project, name: str) -> None:
    project.update(main, {name: {1: "x"}})
    assert dict(project.query("SELECT name, type FROM sqlite_master WHERE type = 'table'")) == {name: "table"}
    project.update(main, {name: {2: "x"}})
    project.update(main, {})
    assert project.query("SELECT * FROM sqlite_master") == []


def test_name_that_changes_its_case(project: Project) -> None:
    project.update(main, {"Docs": {1: "x"}})
    project.update(main, {"docs": {1: "x", 2: "y"}})
    assert tables(project) == {"Docs": {1: "x", 2: "y"}}


def test_user_table_keeps_its_rows_when_it_is_no_longer_declared(project: Project) -> None:
    project.run(
        "CREATE TABLE docs (id INTEGER PRIMARY KEY, a TEXT, mine TEXT)", "INSERT INTO docs VALUES (9, 'z', 'm')"
    )
    project.update(main, {"docs": {1: "x", 2: "y"}}, "user")
    project.update(main, {"docs": {2: "y"}}, "user")
    assert tables(project) == {"docs": {2: "y", 9: "z"}}
    project.update(main, {})
    project.drop(main, {})
    assert tables(project) == {"docs": {2: "y", 9: "z"}}


def test_user_table_that_is_missing(project: Project) -> None:
    with pytest.raises(SqliteTableError, match=r"no table 'docs' in .* you create it yourself: CREATE TABLE"):
        project.update(main, {"docs": {}}, "user")


def test_table_that_a_user_takes_over(project: Project) -> None:
    project.update(main, {"docs": {1: "x"}})
    project.update(main, {"docs": {1: "x"}}, "user")
    assert project.writes == []
    project.drop(main, {})
    assert tables(project) == {"docs": {1: "x"}}


def test_table_of_somebody_else_is_not_touched(project: Project) -> None:
    project.run("CREATE TABLE docs (id TEXT)", "INSERT INTO docs VALUES ('precious')")
    for _ in range(2):  # what the first update leaves in the store must not make the table ours
        with pytest.raises(SqliteTableError, match="is not known to be created by this app"):
            project.update(main, {"docs": {}})
    project.update(main, {})
    with pytest.raises(SqliteTableError, match="is not known to be created by this app"):
        project.update(main, {"docs": {}})
    project.drop(main, {})
    assert project.query("SELECT * FROM docs") == [("precious",)]


@coco.fn
async def fill(table: sqlite.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": 1, "a": "x"})


@coco.fn
def declare() -> sqlite.TableTarget[dict[str, Any], coco.PendingS]:
    return sqlite.declare_table_target(DB, "docs", SCHEMA)


@coco.fn
async def main_in_steps() -> None:
    table = await coco.use_mount(coco.component_subpath("setup"), declare)
    await coco.mount(coco.component_subpath("fill"), fill, table)


@coco.fn
async def main_with_provider() -> None:
    provider = await coco.mount_target(sqlite.table_target(DB, "docs", SCHEMA))
    table = sqlite.TableTarget(provider, SCHEMA)
    table.declare_row(row={"id": 1, "a": "x"})


@pytest.mark.parametrize("main", [main_in_steps, main_with_provider])
def test_other_ways_to_declare_a_table(project: Project, main: Any) -> None:
    project.update(main)
    assert tables(project) == {"docs": {1: "x"}}
    project.update(main)
    assert project.writes == []


def test_pending_table_takes_no_rows(project: Project) -> None:
    @coco.fn
    def too_early() -> None:
        declare().declare_row(row={"id": 1})  # type: ignore[misc]  # the type says so too

    with pytest.raises(ValueError, match="pending"):
        project.update(too_early)


def test_a_preview_of_a_table_that_goes_tells_of_the_table_alone(project: Project) -> None:
    project.update(main, {"one": {1: "x", 2: "y"}, "two": {1: "x", 2: "y"}})
    planned = project.preview(main, {"two": {1: "x"}})
    assert [type(action).__name__ for action in planned] == ["TableAction", "RowAction", "TableAction"]
    assert [action.name for action in planned[::2]] == ["two", "one"]
    assert tables(project) == {"one": {1: "x", 2: "y"}, "two": {1: "x", 2: "y"}}
    project.update(main, {"two": {1: "x"}})
    assert tables(project) == {"two": {1: "x"}}

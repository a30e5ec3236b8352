"""A search path and a mode of committing that are set for the session cost no row, and change no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres

if TYPE_CHECKING:
    from .conftest import Project

DB = coco.ContextKey[Any]("target_db")
ALWAYS_EQUAL = [
    "CREATE SCHEMA own",
    "CREATE FUNCTION own.yes(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE OPERATOR own.= (FUNCTION = own.yes, LEFTARG = text, RIGHTARG = text)",
]
SHORT_TEXT = ["CREATE SCHEMA own", "CREATE DOMAIN own.text AS varchar(2)"]


@coco.fn
async def main(keys: list[str], options: dict[str, Any]) -> None:
    schema = postgres.TableSchema[Any]({"k": postgres.ColumnDef("text"), "v": postgres.ColumnDef("text")}, ["k"])
    table = await postgres.mount_table_target(DB, "docs", schema, **options)
    for key in keys:
        table.declare_row(row={"k": key, "v": "value"})


def with_options(project: Project, options: str) -> None:
    project.pool_options = {"kwargs": {"options": options}}


@pytest.mark.parametrize("others", [ALWAYS_EQUAL, SHORT_TEXT], ids=["operator", "type"])
def test_names_of_others_before_those_of_the_server(project: Project, others: list[str]) -> None:
    project.run(*others, "CREATE TABLE docs (k text PRIMARY KEY, v text)", "INSERT INTO docs VALUES ('theirs', 'x')")
    with_options(project, "-c search_path=own,pg_catalog,public")
    many = [f"key{number}" for number in range(60)]
    for keys in (many, ["key1"], []):
        project.update(main, keys, {"managed_by": "user"})
        assert project.failures == []
        assert sorted(project.query("SELECT k FROM docs")) == sorted([(key,) for key in keys] + [("theirs",)])


def test_a_temporary_table_with_the_name_of_a_type(project: Project) -> None:
    async def configure(connection: Any) -> None:
        await connection.execute("CREATE TEMPORARY TABLE text (x integer)")
        await connection.commit()

    project.pool_options = {"configure": configure}
    project.update(main, ["a"], {})
    assert project.query("SELECT * FROM docs") == [("a", "value")]


@pytest.mark.parametrize(("declared", "used"), [("off", "local"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_committed_rows_survive_a_crash_of_the_server(project: Project, declared: str, used: str) -> None:
    project.run(
        "CREATE TABLE docs (k text PRIMARY KEY, v text)",
        "CREATE FUNCTION notes() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN NEW.v := current_setting('synchronous_commit'); RETURN NEW; END$$",
        "CREATE TRIGGER notes BEFORE INSERT ON docs FOR EACH ROW EXECUTE FUNCTION notes()",
    )
    with_options(project, f"-c synchronous_commit={declared}")
    project.update(main, ["a"], {"managed_by": "user"})
    assert project.query("SELECT v FROM docs") == [(used,)]

"""A unique index that treats different keys as equal would have one row overwrite another: the table is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresTableError

if TYPE_CHECKING:
    from .conftest import Project

DB = coco.ContextKey[Any]("target_db")
ANY_CASE = """
    CREATE FUNCTION any_case(text, text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT bttextcmp(lower($1), lower($2))';
    CREATE OPERATOR CLASS any_case FOR TYPE text USING btree AS
        OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 any_case(text, text)
"""


@coco.fn
async def main(keys: list[str]) -> None:
    schema = postgres.TableSchema[Any]({"k": postgres.ColumnDef("text"), "v": postgres.ColumnDef("text")}, ["k"])
    table = await postgres.mount_table_target(DB, "docs", schema, managed_by="user")
    for key in keys:
        table.declare_row(row={"k": key, "v": "ours"})


@pytest.mark.parametrize("key", ["NOT NULL", "PRIMARY KEY"])
def test_the_table_is_refused(project: Project, key: str) -> None:
    project.run(ANY_CASE, f"CREATE TABLE docs (k text {key}, v text)", "CREATE UNIQUE INDEX ON docs (k any_case)")
    project.run("INSERT INTO docs VALUES ('a', 'theirs')")
    with pytest.raises(PostgresTableError, match=r"unique index on \(k\) treats different keys as equal"):
        project.update(main, ["A"])
    assert project.query("SELECT k, v FROM docs") == [("a", "theirs")]


def test_other_operator_classes_of_the_server_are_used(project: Project) -> None:
    project.run("CREATE TABLE docs (k text NOT NULL, v text)", "CREATE UNIQUE INDEX ON docs (k text_pattern_ops)")
    project.run("INSERT INTO docs VALUES ('a', 'theirs')")
    project.update(main, ["A"])
    assert project.query("SELECT k, v FROM docs ORDER BY v") == [("A", "ours"), ("a", "theirs")]
    project.update(main, [])
    assert project.query("SELECT k, v FROM docs") == [("a", "theirs")]

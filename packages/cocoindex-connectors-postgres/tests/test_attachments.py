"""Vector indexes and SQL commands follow what is declared: made, made anew where they change, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresAttachmentError, PostgresSchemaError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
COLUMNS = {
    "id": postgres.ColumnDef("bigint"),
    "v": postgres.ColumnDef("vector(3)"),
    "h": postgres.ColumnDef("halfvec(3)"),
    "big": postgres.ColumnDef("vector(2001)"),
    "open": postgres.ColumnDef("vector"),
}


@coco.fn
async def main(
    indexes: list[dict[str, Any]], commands: list[dict[str, Any]], rows: int = 5, columns: Any = COLUMNS
) -> None:
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[dict[str, Any]](columns, ["id"]))
    for index in indexes:
        table.declare_vector_index(**index)
    for command in commands:
        table.declare_sql_command_attachment(**command)
    for id in range(rows):
        table.declare_row(row={"id": id, "v": [id, 1, 2], "h": [id, 1, 2]})


def indexes(project: Project) -> dict[str, str]:
    """The definitions of the table's indexes from USING on, by name, without the primary key's."""
    found = project.query("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'docs'")
    return {name: text.partition(" USING ")[2] for name, text in found if name != "docs_pkey"}


@pytest.mark.parametrize(
    ("declared", "name", "definition"),
    [
        ({"column": "v"}, "docs__vector__v", "ivfflat (v vector_cosine_ops)"),
        ({"column": "v", "metric": "l2", "lists": 7}, "docs__vector__v", "ivfflat (v) WITH (lists='7')"),
        ({"column": "v", "metric": "ip"}, "docs__vector__v", "ivfflat (v vector_ip_ops)"),
        (
            {"column": "v", "method": "hnsw", "m": 5, "ef_construction": 20},
            "docs__vector__v",
            "hnsw (v vector_cosine_ops) WITH (m='5', ef_construction='20')",
        ),
        ({"column": "h", "method": "hnsw", "metric": "l2"}, "docs__vector__h", "hnsw (h halfvec_l2_ops)"),
        ({"column": "h", "metric": "ip", "name": "in h"}, "docs__vector__in h", "ivfflat (h halfvec_ip_ops)"),
    ],
)
def test_index(project: Project, declared: dict[str, Any], name: str, definition: str) -> None:
    project.update(main, [declared], [])
    assert indexes(project) == {name: definition}
    project.update(main, [], [])
    assert indexes(project) == {}
    assert project.failures == []


def oids(project: Project) -> list[Any]:
    return project.query("SELECT oid FROM pg_class WHERE relname LIKE 'docs%vector%' ORDER BY relname")


def test_index_is_made_anew_only_where_it_changed(project: Project) -> None:
    both = [{"column": "v"}, {"column": "h"}]
    project.update(main, both, [])
    made = oids(project)
    project.update(main, both, [], 9)
    assert oids(project) == made
    project.update(main, [{"column": "v", "metric": "l2"}, {"column": "h"}], [])
    assert indexes(project)["docs__vector__v"] == "ivfflat (v)"
    assert [old == new for old, new in zip(made, oids(project), strict=True)] == [True, False]


def test_index_that_somebody_dropped_is_made_again(project: Project) -> None:
    project.update(main, [{"column": "v"}], [])
    project.run("DROP INDEX docs__vector__v")
    project.update(main, [{"column": "v"}], [])
    assert "docs__vector__v" in indexes(project)


def test_index_and_command_come_back_with_a_table_that_is_made_anew(project: Project) -> None:
    command = {"name": "c", "setup_sql": "CREATE INDEX by_id ON docs (id, h)", "teardown_sql": "DROP INDEX by_id"}
    project.update(main, [{"column": "v"}], [command])
    project.run("DROP TABLE docs")
    project.update(main, [{"column": "v"}], [command])
    assert set(indexes(project)) == {"docs__vector__v", "by_id"}
    other = {**COLUMNS, "id": postgres.ColumnDef("integer")}
    project.update(main, [{"column": "v"}], [command], 5, other)
    assert set(indexes(project)) == {"docs__vector__v", "by_id"}
    assert project.failures == []


def test_ivfflat_is_built_from_the_rows_that_come_with_it(project: Project) -> None:
    project.update(main, [{"column": "v", "lists": 2}], [], 60)
    ((pages,),) = project.query("SELECT relpages FROM pg_class WHERE relname = 'docs__vector__v'")
    assert pages >= 3


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"column": "w"}, "there is no such column"),
        ({"column": "id"}, "its type is bigint, and only vector and halfvec are indexed"),
        ({"column": "big"}, "it has 2001 elements, and pgvector indexes up to 2000; half precision"),
        ({"column": "open"}, "the column has to say how many elements it has"),
        ({"column": "v", "metric": "cosinus"}, "the metric is one of"),
        ({"column": "v", "method": "flat"}, "the method is one of"),
        ({"column": "v", "m": 5}, "m is not an option of ivfflat"),
        ({"column": "v", "method": "hnsw", "lists": 5}, "lists is not an option of hnsw"),
        ({"column": "v", "lists": 0}, "lists is an int from 1 to 32768, not 0"),
        ({"column": "v", "method": "hnsw", "m": 50}, "ef_construction .* is at least twice m"),
        ({"column": "v", "name": ""}, "the name of a vector index of the table 'docs' is a str"),
    ],
)
def test_index_that_cannot_be(project: Project, declared: dict[str, Any], message: str) -> None:
    with pytest.raises(PostgresSchemaError, match=message):
        project.update(main, [declared], [])


def test_long_names_stay_apart(project: Project) -> None:
    names = [f"{'n' * 80}{at}" for at in range(2)]
    project.update(main, [{"column": "v", "name": name} for name in names], [])
    assert len(indexes(project)) == 2
    project.update(main, [], [])
    assert indexes(project) == {}


LOG = "INSERT INTO log VALUES ('{}')"


def log(project: Project) -> list[str]:
    return [what for (what,) in project.query("SELECT what FROM log ORDER BY at")]


def command(setup: str, teardown: str | None = None) -> dict[str, Any]:
    return {
        "name": "c",
        "setup_sql": LOG.format(setup),
        "teardown_sql": None if teardown is None else LOG.format(teardown),
    }


def test_command_runs_when_it_is_new_changed_or_gone(project: Project) -> None:
    project.run("CREATE TABLE log (what text, at serial)")
    project.update(main, [], [command("set 1", "unset 1")])
    project.update(main, [], [command("set 1", "unset 1")])
    assert log(project) == ["set 1"]
    project.update(main, [], [command("set 1", "unset 1 better")])
    assert log(project) == ["set 1"]
    project.update(main, [], [command("set 2", "unset 2")])
    assert log(project) == ["set 1", "unset 1 better", "set 2"]
    project.update(main, [], [])
    assert log(project)[3:] == ["unset 2"]
    project.update(main, [], [command("set 3")])
    project.update(main, [], [])
    assert log(project)[4:] == ["set 3"]
    assert project.failures == []


def test_command_that_needs_no_transaction_around_it(project: Project) -> None:
    percent = {"name": "c", "setup_sql": 'CREATE INDEX CONCURRENTLY "100%s" ON docs (id) WHERE id % 2 = 0'}
    project.update(main, [], [percent])
    assert set(indexes(project)) == {"100%s"}


def test_command_of_several_statements(project: Project) -> None:
    several = {
        "name": "c",
        "setup_sql": "CREATE TABLE one (); CREATE TABLE two ();",
        "teardown_sql": "DROP TABLE one, two",
    }
    project.update(main, [], [several])
    assert project.query("SELECT to_regclass('one') IS NULL, to_regclass('two') IS NULL") == [(False, False)]
    project.update(main, [], [several], full_reprocess=True)
    project.update(main, [], [])
    assert project.query("SELECT to_regclass('one') IS NULL, to_regclass('two') IS NULL") == [(True, True)]


def test_command_that_fails_says_which(project: Project) -> None:
    bad = {"name": "c", "setup_sql": "CREATE INDEX ON docs (nope)"}
    with pytest.raises(
        PostgresAttachmentError, match=r'setup of the SQL command \'c\' .* column "nope" does not exist'
    ):
        project.update(main, [], [bad])
    project.update(main, [], [{"name": "c", "setup_sql": "CREATE INDEX fine ON docs (id)"}])
    assert set(indexes(project)) == {"fine"}
    project.update(main, [], [{"name": "c", "setup_sql": "CREATE INDEX fine ON docs (id)"}], full_reprocess=True)
    assert set(indexes(project)) == {"fine"}


@pytest.mark.parametrize(
    "declared",
    [
        {"name": "", "setup_sql": "x"},
        {"name": "c", "setup_sql": " "},
        {"name": "c", "setup_sql": "x", "teardown_sql": 1},
    ],
)
def test_command_that_is_none(project: Project, declared: dict[str, Any]) -> None:
    with pytest.raises(PostgresSchemaError, match="the SQL command"):
        project.update(main, [], [declared])

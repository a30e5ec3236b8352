"""Several apps, schemas and tables in one database; tables of others, odd names, and pgvector that is not there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sql_tables.declared_tables import DeclaredTables

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import (
    PostgresConnectionError,
    PostgresExtensionError,
    PostgresSchemaError,
    PostgresTableError,
)
from cocoindex.errors import ContextTypeError

if TYPE_CHECKING:
    from tests.conftest import Project, Server

DB = coco.ContextKey[Any]("target_db")
ID = postgres.ColumnDef("bigint")
Columns = dict[str, postgres.ColumnDef]


@coco.fn
async def main(tables: dict[str, list[int]], columns: Columns | None = None, **options: Any) -> None:
    schema = postgres.TableSchema[Any](columns or {"id": ID}, ["id"])
    for name, ids in tables.items():
        table = await postgres.mount_table_target(DB, name, schema, **options)
        for id in ids:
            table.declare_row(row={"id": id})


@coco.fn
async def main_in(schema: str, ids: list[int], managed_by: Any = "system") -> None:
    await main({"docs": ids}, pg_schema_name=schema, managed_by=managed_by)


class TestDeclaredTables(DeclaredTables):
    """The tests of all SQL connectors."""

    ignores_case = False


def ids(project: Project, table: str) -> list[int]:
    return [id for (id,) in project.query(f"SELECT id FROM {table} ORDER BY id")]


def exists(project: Project, table: str) -> bool:
    ((found,),) = project.query("SELECT to_regclass(%s) IS NOT NULL", table)
    return bool(found)


def test_apps_and_schemas_do_not_meet(project: Project) -> None:
    project.update(main_in, "first", [1], app="a")
    project.update(main_in, "second", [2], app="b")
    project.update(main_in, "public", [3], app="b2")
    project.update(main, {"other": [4]}, app="c")
    assert [ids(project, f"{schema}.docs") for schema in ("first", "second", "public")] == [[1], [2], [3]]
    project.drop(main_in, app="a")
    assert not exists(project, "first.docs")
    assert [ids(project, name) for name in ("second.docs", "docs", "other")] == [[2], [3], [4]]


def test_two_apps_start_at_once(project: Project) -> None:
    """Both make the schema, the extension and a table in it."""
    vectors = {"id": ID, "v": postgres.ColumnDef("vector(2)")}

    async def both() -> None:
        await asyncio.gather(
            *(asyncio.to_thread(project.update, main, {f"docs{at}": [at]}, vectors, app=f"app{at}") for at in range(3))
        )

    asyncio.run(both())
    assert [ids(project, f"docs{at}") for at in range(3)] == [[0], [1], [2]]


ODD = ['select "from"', "Upper Case", "100%s", "a;--", "ümläut", "x" * 63, "order", "$1"]


def test_odd_names(project: Project) -> None:
    columns = {"id": ID, **{name: postgres.ColumnDef("text") for name in ODD}}

    @coco.fn
    async def odd(count: int, columns: Columns) -> None:
        for name in ODD:
            table = await postgres.mount_table_target(
                DB, name, postgres.TableSchema[Any](columns, ["id"]), pg_schema_name='sch"ema %s'
            )
            for id in range(count):
                table.declare_row(row={"id": id, **{column: column for column in columns if column != "id"}})

    project.update(odd, 2, columns)
    for name in ODD:
        quoted = psycopg.sql.Identifier('sch"ema %s', name).as_string()
        with psycopg.connect(project.database) as connection:
            rows = connection.execute(f"SELECT * FROM {quoted}".encode()).fetchall()
        assert rows == [(id, *ODD) for id in range(2)]
    project.update(odd, 60, {"id": ID, ODD[0]: columns[ODD[0]], "new %s": columns[ODD[0]]})
    project.update(odd, 1, {"id": ID, ODD[0]: columns[ODD[0]], "new %s": columns[ODD[0]]})
    project.drop(odd, 0, columns)
    assert project.query("SELECT count(*) FROM pg_tables WHERE schemaname LIKE 'sch%%'") == [(0,)]
    assert project.failures == []


def test_table_of_somebody_else_is_not_touched(project: Project) -> None:
    project.run("CREATE TABLE docs (id text, secret text)", "INSERT INTO docs VALUES ('x', 'y')")
    for _ in range(2):
        with pytest.raises(PostgresTableError, match=r"the table public.docs exists already, .* primary key is \(\)"):
            project.update(main, {"docs": [1]})
    project.drop(main, {})
    assert project.query("SELECT * FROM docs") == [("x", "y")]


def test_view_in_the_way(project: Project) -> None:
    project.run("CREATE VIEW docs AS SELECT 1::bigint AS id")
    with pytest.raises(PostgresTableError, match="it is a view"):
        project.update(main, {"docs": [1]})
    project.drop(main, {})
    assert ids(project, "docs") == [1]


def test_view_on_a_table_that_has_to_be_made_anew(project: Project) -> None:
    project.update(main, {"docs": [1]})
    project.run("CREATE VIEW seen AS SELECT id FROM docs")
    with pytest.raises(PostgresTableError, match=r"view seen depends on table docs.* drop the view"):
        project.update(main, {"docs": [1]}, {"id": postgres.ColumnDef("integer")})
    project.run("DROP VIEW seen")
    project.update(main, {"docs": [1]}, {"id": postgres.ColumnDef("integer")})
    assert ids(project, "docs") == [1]


def test_managed_by_the_user(project: Project) -> None:
    with pytest.raises(PostgresTableError, match=r"there is no table public.docs, .* you create it yourself: CREATE"):
        project.update(main_in, "public", [1], "user")
    project.run("CREATE TABLE docs (other text)")
    with pytest.raises(PostgresTableError, match="lacks the columns 'id'"):
        project.update(main_in, "public", [1], "user")
    project.run("ALTER TABLE docs ADD COLUMN id bigint")
    with pytest.raises(PostgresTableError, match="PRIMARY KEY or UNIQUE constraint on exactly"):
        project.update(main_in, "public", [1], "user")
    project.run("ALTER TABLE docs ADD UNIQUE (id)", "INSERT INTO docs (id) VALUES (99)")
    project.update(main_in, "public", [1, 2], "user")
    project.update(main_in, "public", [2, 3], "user")
    assert ids(project, "docs") == [2, 3, 99]
    project.drop(main_in, "public", [])  # it leaves a user's table as it is, with its rows
    assert ids(project, "docs") == [2, 3, 99]


@coco.fn
async def numbered(columns: Columns, count: int) -> None:
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, ["id"]), adopt=True)
    for number in range(count):
        table.declare_row(row={"id": number, **{name: number for name in columns if name != "id"}})


@pytest.mark.parametrize("count", [2, 60])
@pytest.mark.parametrize("kind", ["GENERATED ALWAYS AS IDENTITY", "GENERATED BY DEFAULT AS IDENTITY"])
def test_a_table_of_others_whose_key_is_an_identity(project: Project, kind: str, count: int) -> None:
    project.run(
        f"CREATE TABLE docs (id bigint PRIMARY KEY {kind}, a bigint, b bigint GENERATED ALWAYS AS (a * 2) STORED)"
    )
    for rows in (count, count + 1, 1):
        project.update(numbered, {"id": ID, "a": ID}, rows)
        assert project.query("SELECT * FROM docs ORDER BY id") == [(n, n, 2 * n) for n in range(rows)]


@pytest.mark.parametrize("kind", ["GENERATED ALWAYS AS (id * 2) STORED", "GENERATED ALWAYS AS IDENTITY"])
def test_a_column_that_the_database_fills_is_an_error_that_says_what_to_do(project: Project, kind: str) -> None:
    project.run(f"CREATE TABLE docs (id bigint PRIMARY KEY, a bigint {kind})")
    with pytest.raises(PostgresTableError, match="leave the column out of the schema"):
        project.update(numbered, {"id": ID, "a": ID}, 2)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("", {}, "the name of a table is a str"),
        ("x" * 64, {}, "has 64 bytes; PostgreSQL allows 63"),
        ("docs", {"pg_schema_name": "a\0"}, "the name of a schema is a str"),
        ("docs", {"managed_by": "nobody"}, "managed by 'system' or 'user', not by 'nobody'"),
    ],
)
def test_table_that_cannot_be(project: Project, name: str, options: dict[str, Any], message: str) -> None:
    @coco.fn
    async def bad() -> None:
        await main({name: []}, **options)

    with pytest.raises(PostgresSchemaError, match=message):
        project.update(bad)


def test_missing_pgvector(project: Project, server: Server) -> None:
    # As on a server where nobody installed it.
    project.pool_options = {"kwargs": {"options": "-c extension_control_path=/nowhere"}}
    columns = {"id": ID, "v": postgres.ColumnDef("vector(2)")}
    with pytest.raises(PostgresExtensionError, match=r'extension "vector" is not available.*; install pgvector on'):
        project.update(main, {"docs": [1]}, columns)
    project.pool_options = {}
    project.update(main, {"docs": [1]}, columns)
    assert ids(project, "docs") == [1]


def test_what_the_role_may_not_do(project: Project) -> None:
    project.run("DROP ROLE IF EXISTS cocoindex_reader", "CREATE ROLE cocoindex_reader LOGIN")
    project.pool_options = {"kwargs": {"user": "cocoindex_reader"}}
    with pytest.raises(PostgresTableError, match=r"permission denied .*; grant the required privileges"):
        project.update(main, {"docs": [1]})
    with pytest.raises(PostgresExtensionError, match="permission denied to create extension"):
        project.update(main, {"docs": [1]}, {"id": ID, "v": postgres.ColumnDef("vector(2)")})


def test_wrong_password(project: Project, server: Server) -> None:
    if server.own is None:
        pytest.skip("how the server that DATABASE_URL names checks passwords is not ours to set")
    project.run("DROP ROLE IF EXISTS cocoindex_locked", "CREATE ROLE cocoindex_locked LOGIN PASSWORD 'right'")
    rules = server.own.pgdata / "pg_hba.conf"
    rules.write_text("local all cocoindex_locked scram-sha-256\n" + rules.read_text())
    server.stop()
    server.start()
    project.pool_options = {"timeout": 0.2, "kwargs": {"user": "cocoindex_locked", "password": "wrong"}}
    with pytest.raises(PostgresConnectionError, match='password authentication failed for user "cocoindex_locked"'):
        project.update(main, {"docs": [1]})
    with pytest.raises(PostgresConnectionError, match="password authentication failed"):
        asyncio.run(postgres.create_pool(project.database, **project.pool_options))


def test_what_is_no_pool(project: Project) -> None:
    project.provide(DB, project.database)
    with pytest.raises(ContextTypeError, match=r"context key 'target_db' is a builtins.str, where a psycopg_pool"):
        project.update(main, {"docs": [1]})

"""What a role is limited to (timeouts, connections, policies) is an error that says what to change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresBusyError, PostgresConnectionError, PostgresRowError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[dict[str, Any]]({"id": postgres.ColumnDef("bigint")}, ["id"])


@coco.fn
async def row_of(id: int, table: postgres.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": id})


@coco.fn
async def main(count: int) -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA, managed_by="user")
    for id in range(count):
        await coco.mount(coco.component_subpath(id), row_of, id, table)


def test_a_transaction_that_may_not_wait_while_rows_are_processed(project: Project) -> None:
    project.run("CREATE TABLE docs AS SELECT generate_series(1, 1001) AS id")

    async def read() -> None:
        options = {"options": "-c idle_in_transaction_session_timeout=50"}
        async with AsyncConnectionPool[Any](project.database, open=False, kwargs=options) as pool:
            async for _ in postgres.PgTableSource(pool, table_name="docs").fetch_rows():
                await asyncio.to_thread(_wait_until_gone, project)

    with pytest.raises(PostgresBusyError, match=r"idle-in-transaction timeout; .* idle_in_transaction_session_timeout"):
        asyncio.run(read())


def _wait_until_gone(project: Project) -> None:
    """Wait until the server has ended the session that reads."""
    others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    while project.query(f"{others} AND state LIKE 'idle in transaction%'"):
        pass


def test_a_statement_that_may_not_take_so_long(project: Project) -> None:
    project.run("CREATE VIEW docs AS SELECT n AS id FROM generate_series(1, 1000000000) n ORDER BY -n")

    async def read() -> None:
        options = {"options": "-c statement_timeout=1"}
        async with AsyncConnectionPool[Any](project.database, open=False, kwargs=options) as pool:
            async for _ in postgres.PgTableSource(pool, table_name="docs").fetch_rows():
                raise AssertionError

    with pytest.raises(PostgresBusyError, match=r"took longer than the statement_timeout"):
        asyncio.run(read())


def test_a_role_that_may_not_connect_so_often(project: Project) -> None:
    user = "cocoindex_few"
    project.run(f"DROP ROLE IF EXISTS {user}", f"CREATE ROLE {user} LOGIN CONNECTION LIMIT 0")
    with pytest.raises(PostgresConnectionError, match=r"too many connections .* a smaller max_size") as told:
        asyncio.run(postgres.create_pool(make_conninfo(project.database, user=user)))
    assert "password" not in str(told.value)


def test_a_policy_that_refuses_a_row(project: Project) -> None:
    user = "cocoindex_policed"
    project.run(
        "CREATE TABLE docs (id bigint PRIMARY KEY)",
        "ALTER TABLE docs ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY seen ON docs FOR SELECT USING (true)",
        "CREATE POLICY written ON docs FOR INSERT WITH CHECK (id <> 2)",
        f"DROP ROLE IF EXISTS {user}",
        f"CREATE ROLE {user} LOGIN",
        f"GRANT ALL ON docs TO {user}",
    )
    project.pool_options = {"kwargs": {"user": user}}
    project.update(main, 60)
    (failure,) = project.failures
    with pytest.raises(PostgresRowError, match=r"refuses the row \(id=2\) .*; a policy of the table does not let"):
        raise failure
    assert project.ids == [id for id in range(60) if id != 2]
    with psycopg.connect(project.database, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {user}".encode())

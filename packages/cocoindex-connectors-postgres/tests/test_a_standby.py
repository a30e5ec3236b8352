"""A hot standby can be read, refuses rows by one clear line, and ends queries that are in the way of its recovery."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresConnectionError, PostgresTableError

if TYPE_CHECKING:
    from tests.conftest import Project, Server

PORT = "5433"


@pytest.fixture(scope="module")
def standby(server: Server) -> Iterator[str]:
    """How to connect to a standby of the tests' server."""
    if server.own is None:
        pytest.skip("it is made from a server of the tests' own")
    user = server.own.system_user
    run = partial(run_as, user)
    binaries = Path(server.own.bin_path)
    with tempfile.TemporaryDirectory(prefix="cocoindex-standby-") as folder:
        Path(folder).chmod(0o777)
        primary = Path(server.own.pgdata)
        with (primary / "pg_hba.conf").open("a") as access:
            access.write("\nlocal replication all trust\n")
        server.run("SELECT pg_reload_conf()")
        host = conninfo_to_dict(server.url)["host"]
        data = f"{folder}/data"
        run(
            binaries / "pg_basebackup",
            "-h",
            str(host),
            "-U",
            "postgres",
            "-D",
            data,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
        )
        (Path(data) / "postmaster.pid").unlink(missing_ok=True)
        options = f"-h '' -k {folder} -p {PORT} -c max_standby_streaming_delay=0"
        run(binaries / "pg_ctl", "-w", "-D", data, "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield make_conninfo(server.url, host=folder, port=PORT)
        finally:
            run(binaries / "pg_ctl", "-m", "immediate", "-D", data, "stop")


def run_as(user: str | None, command: Path, *arguments: str) -> None:
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([command, *arguments], check=True, user=user, **quiet)


def catch_up(primary: str, standby: str) -> None:
    """Wait until the standby has all that the primary has."""
    with psycopg.connect(primary) as connection:
        ((position,),) = connection.execute("SELECT pg_current_wal_lsn()::text")
    deadline = time.monotonic() + 20
    while True:
        with psycopg.connect(make_conninfo(standby, dbname="postgres")) as connection:
            ((is_there,),) = connection.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (position,))
        if is_there:
            return
        assert time.monotonic() < deadline


def test_it_is_read_and_not_written(project: Project, standby: str) -> None:
    project.run("CREATE TABLE docs (id bigint PRIMARY KEY, text text)", "INSERT INTO docs VALUES (1, 'a')")
    here = make_conninfo(standby, dbname=conninfo_to_dict(project.database)["dbname"])
    catch_up(project.database, standby)

    async def read() -> list[Any]:
        async with await postgres.create_pool(here) as pool:
            return [row async for row in postgres.PgTableSource(pool, table_name="docs").fetch_rows()]

    assert asyncio.run(read()) == [{"id": 1, "text": "a"}]

    async def main() -> None:
        columns = {"id": postgres.ColumnDef("bigint"), "text": postgres.ColumnDef("text")}
        schema: postgres.TableSchema[Any] = postgres.TableSchema(columns, primary_key=["id"])
        table = await postgres.mount_table_target(project.db, "docs", schema, managed_by="user")
        table.declare_row(row={"id": 2, "text": "b"})

    project.database = here
    with pytest.raises(PostgresTableError, match="the server is a standby"):
        project.update(coco.fn(main))
    with pytest.raises(PostgresConnectionError, match="name the primary server"):
        asyncio.run(postgres.create_pool(make_conninfo(here, target_session_attrs="read-write")))


def test_rows_that_are_in_the_way_of_its_recovery(project: Project, standby: str) -> None:
    primary = project.database
    project.run("CREATE TABLE docs AS SELECT generate_series(1, 3000) AS id")
    here = make_conninfo(standby, dbname=conninfo_to_dict(primary)["dbname"])
    catch_up(primary, standby)

    async def main() -> None:
        async with await postgres.create_pool(here) as pool:
            async for row in postgres.PgTableSource(pool, table_name="docs").fetch_rows():
                if row["id"] == 1:
                    await asyncio.to_thread(project.run, "DROP TABLE docs")
                    await asyncio.to_thread(catch_up, primary, standby)

    with pytest.raises(PostgresConnectionError, match="hot_standby_feedback"):
        asyncio.run(main())

"""Tables are read and kept through pgbouncer in transaction mode, where it is installed."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresConnectionError, PostgresPoolError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[Any](
    {"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text"), "v": postgres.ColumnDef("vector(2)")}, ["id"]
)
_SETTINGS = """
[databases]
* = {server}
[pgbouncer]
pool_mode = {mode}
default_pool_size = 3
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
query_wait_timeout = 20
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def pooler(database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """How to connect to the database through pgbouncer, which gives each transaction another of three sessions."""
    mode = getattr(request, "param", "transaction")
    program = shutil.which("pgbouncer", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))
    if program is None:
        pytest.skip("pgbouncer is not installed")
    known = conninfo_to_dict(database)
    name = known.pop("dbname")
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "pgbouncer.ini")
        server = make_conninfo(**{key: str(value) for key, value in known.items()})
        settings.write_text(_SETTINGS.format(server=server, port=port, mode=mode))
        as_other: dict[str, Any] = {}
        if os.geteuid() == 0:  # it refuses to run as root
            host = str(known.get("host", ""))
            owner = os.stat(host).st_uid if host.startswith("/") else 0  # who may look into the folder of its socket
            user = owner or pwd.getpwnam("nobody").pw_uid
            os.chown(folder, user, user)
            as_other = {"user": user, "group": user, "extra_groups": []}
        process = subprocess.Popen(
            [program, "-q", str(settings)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **as_other
        )
        try:
            url = make_conninfo(host="127.0.0.1", port=port, dbname=name, user=str(known["user"]))
            _wait_until_it_answers(process, url)
            yield url
        finally:
            process.terminate()
            process.communicate()


def _wait_until_it_answers(process: subprocess.Popen[str], url: str) -> None:
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                pytest.fail(f"pgbouncer ended: {process.communicate()[0]}")
        else:
            return


@coco.fn
async def row_of(source: dict[str, Any], table: postgres.TableTarget[Any]) -> None:
    table.declare_row(row={"id": source["id"], "a": source["a"].upper(), "v": [source["id"], 1]})


@coco.fn
async def main() -> None:
    table = await postgres.mount_table_target(DB, "target", SCHEMA)
    table.declare_vector_index(column="v", method="hnsw")
    table.declare_sql_command_attachment(name="by_a", setup_sql="CREATE INDEX CONCURRENTLY by_a ON target (a)")
    rows = postgres.PgTableSource(coco.use_context(DB), table_name="source").fetch_rows()
    await coco.mount_each(row_of, rows.items(lambda row: row["id"]), table)


def _update(project: Project, url: str, **options: Any) -> None:
    async def run() -> None:
        async with await postgres.create_pool(url, min_size=4, max_size=8, **options) as pool:
            context = coco.ContextProvider()
            context.provide(DB, pool)
            environment = coco.Environment(coco.Settings(db_path=project.store), context_provider=context)
            try:
                await coco.App(coco.AppConfig("app", environment=environment), main).update()
            finally:
                environment.close()

    asyncio.run(run())


def _rows(project: Project) -> list[Any]:
    return project.query("SELECT id, a FROM target ORDER BY id")


def test_a_table_is_kept_in_step(project: Project, pooler: str) -> None:
    project.run("CREATE TABLE source (id bigint PRIMARY KEY, a text)")
    for count in (1200, 1230, 100):
        project.run(
            "DELETE FROM source",
            f"INSERT INTO source SELECT n, 'é' || n FROM generate_series({count - 100}, {count}) n",
        )
        _update(project, pooler)
        assert _rows(project) == [(n, f"É{n}") for n in range(count - 100, count + 1)]
    assert len(project.query("SELECT 1 FROM pg_indexes WHERE tablename = 'target'")) == 3


def test_prepared_statements_are_an_error_that_says_what_to_do(project: Project, pooler: str) -> None:
    project.run(
        "CREATE TABLE source (id bigint PRIMARY KEY, a text)",
        "INSERT INTO source SELECT n, 'a' FROM generate_series(1, 30) n",
    )
    with pytest.raises(PostgresPoolError, match="'prepare_threshold': None"):
        _update(project, pooler, kwargs={"prepare_threshold": 0})


def test_options_that_it_refuses_are_an_error_that_says_what_to_do(project: Project, pooler: str) -> None:
    with pytest.raises(PostgresConnectionError, match=r"parameter: options; .* ignore_startup_parameters"):
        _update(project, pooler, kwargs={"options": "-c lock_timeout=10s"})


@pytest.mark.parametrize("pooler", ["statement"], indirect=True)
def test_a_mode_without_transactions_is_an_error_that_says_what_to_do(project: Project, pooler: str) -> None:
    with pytest.raises(PostgresPoolError, match="set pool_mode of the pooler to transaction or session"):
        _update(project, pooler)

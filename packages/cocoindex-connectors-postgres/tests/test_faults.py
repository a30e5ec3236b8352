"""What the server or other sessions do wrong: an update gets over it, or says so, and the next one converges."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresConnectionError, PostgresLockError, PostgresPoolError

if TYPE_CHECKING:
    from tests.conftest import Project, Server

DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[dict[str, Any]](
    {"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text")}, ["id"]
)


@coco.fn(memo=True)
async def row_of(id: int, text: str, table: postgres.TableTarget[dict[str, Any]]) -> None:
    table.declare_row(row={"id": id, "a": text})


@coco.fn
async def main(count: int, text: str) -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA)
    for id in range(count):
        await coco.mount(coco.component_subpath(id), row_of, id, text, table)


def rows(project: Project) -> set[Any]:
    return set(project.query("SELECT id, a FROM docs"))


def expected(count: int, text: str) -> set[Any]:
    return {(id, text) for id in range(count)}


# A trigger that waits for an advisory lock lets the tests act while a batch is being written.
GATE = """
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$
"""
TRIGGER = "CREATE TRIGGER gate AFTER INSERT OR UPDATE ON docs FOR EACH STATEMENT EXECUTE FUNCTION wait()"
WAITING = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE 'INSERT%'
"""


class Gate:
    """Keeps the writer of a batch waiting until it is opened."""

    def __init__(self, database: str) -> None:
        self._connection = psycopg.connect(database, autocommit=True)
        self._connection.execute("SELECT pg_advisory_lock(1)")

    def writer(self) -> int:
        """The process of the session that is in the middle of writing, once there is one."""
        while not (found := self._connection.execute(WAITING).fetchall()):
            threading.Event().wait(0.01)  # nothing tells when another session begins to wait
        return int(found[0][0])

    def kill_writer(self) -> None:
        self._connection.execute("SELECT pg_terminate_backend(%s, 5000)", (self.writer(),))

    def open(self) -> None:
        self._connection.close()


@contextmanager
def gated(project: Project) -> Iterator[Gate]:
    project.update(main, 0, "")
    project.run(GATE, TRIGGER)
    gate = Gate(project.database)
    try:
        yield gate
    finally:
        gate.open()


@contextmanager
def while_updating(project: Project, *args: object) -> Iterator[None]:
    """Runs an update in a thread meanwhile, and raises what it raised."""
    raised: list[BaseException] = []

    def update() -> None:
        try:
            project.update(main, *args)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=update)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
        assert not thread.is_alive()
    if raised:
        raise raised[0]


@pytest.mark.parametrize("count", [5, 300])
def test_killed_in_the_middle_of_a_batch(project: Project, count: int) -> None:
    with gated(project) as gate, while_updating(project, count, "new"):
        gate.kill_writer()
        gate.open()
    assert project.failures == []
    assert rows(project) == expected(count, "new")


def test_server_stopped_and_started_in_the_middle_of_a_batch(project: Project, server: Server) -> None:
    with gated(project) as gate, while_updating(project, 300, "new"):
        gate.writer()
        server.stop()
        server.start()
    assert project.failures == []
    assert rows(project) == expected(300, "new")


def test_server_that_stays_away_fails_soon_and_the_next_update_converges(project: Project, server: Server) -> None:
    project.update(main, 300, "old")
    project.pool_options = {"timeout": 0.5}
    server.stop()
    try:
        with pytest.raises(PostgresConnectionError, match="cannot connect to PostgreSQL"):
            project.update(main, 300, "new")
    finally:
        server.start()
    project.update(main, 300, "new")
    assert rows(project) == expected(300, "new")


def test_deadlock(project: Project) -> None:
    project.update(main, 40, "old")
    gate = Gate(project.database)
    with psycopg.connect(project.database) as other:
        other.execute("SET deadlock_timeout = '1h'")  # so that it is the writer whom the server chooses
        other.execute("UPDATE docs SET a = 'theirs' WHERE id = 39")
        with while_updating(project, 40, "new"):
            gate.writer()
            # The writer has locked row 0 and waits for row 39: asking for row 0 closes the circle.
            other.execute("UPDATE docs SET a = 'theirs' WHERE id = 0")
            other.commit()
    gate.open()
    assert project.failures == []
    assert rows(project) == expected(40, "new")


def test_serialization_failure(project: Project) -> None:
    project.update(main, 40, "old")
    project.pool_options = {"kwargs": {"options": "-c default_transaction_isolation=serializable"}}
    gate = Gate(project.database)
    with psycopg.connect(project.database) as other:
        other.execute("UPDATE docs SET a = 'theirs' WHERE id = 39")
        with while_updating(project, 40, "new"):
            gate.writer()
            other.commit()  # the row that the writer waits for is another one than the writer's snapshot has
    gate.open()
    assert project.failures == []
    assert rows(project) == expected(40, "new")


def test_lock_held_by_another_session(project: Project) -> None:
    project.update(main, 300, "old")
    project.pool_options = {"kwargs": {"options": "-c lock_timeout=100ms"}}
    with psycopg.connect(project.database) as other:
        other.execute("LOCK TABLE docs IN EXCLUSIVE MODE")
        project.update(main, 300, "new")
    assert len(project.failures) == 300
    with pytest.raises(PostgresLockError, match=r"writing rows of .*public\.docs failed: .* lock timeout"):
        raise project.failures[0]
    assert rows(project) == expected(300, "old")
    project.update(main, 300, "new")
    assert rows(project) == expected(300, "new")


def test_rows_that_another_session_holds_fail_alone(project: Project) -> None:
    project.update(main, 100, "old")
    project.pool_options = {"kwargs": {"options": "-c lock_timeout=20ms"}}
    with psycopg.connect(project.database) as other:
        other.execute("SELECT 1 FROM docs WHERE id IN (3, 77) FOR UPDATE")
        project.update(main, 100, "new")
    assert len(project.failures) == 2
    with pytest.raises(PostgresLockError, match=r"another session may hold a lock"):
        raise project.failures[0]
    held = {(id, "old") for id in (3, 77)}
    assert rows(project) == held | {(id, "new") for id in range(100) if id not in (3, 77)}
    project.update(main, 100, "new")
    assert rows(project) == expected(100, "new")


def test_unchanged_waits_for_no_lock_of_a_writer(project: Project) -> None:
    project.update(main, 5, "old")
    with psycopg.connect(project.database) as other:
        other.execute("LOCK TABLE docs IN EXCLUSIVE MODE")
        project.update(main, 5, "old")
    assert project.failures == []


@coco.fn
async def main_that_holds_connections() -> None:
    table = await postgres.mount_table_target(DB, "docs", SCHEMA)
    async with coco.use_context(DB).connection():
        handle = await coco.mount(coco.component_subpath("row"), row_of, 1, "new", table)
        await handle.ready()


def test_full_pool(project: Project) -> None:
    project.pool_options = {"max_size": 1, "timeout": 0.2}
    project.update(main_that_holds_connections)
    assert len(project.failures) == 1
    with pytest.raises(PostgresPoolError, match="all connections of the pool were in use"):
        raise project.failures[0]
    project.update(main, 2, "new")
    assert rows(project) == expected(2, "new")


def test_wrong_password_or_database(project: Project, server: Server) -> None:
    project.pool_options = {"timeout": 0.2}
    good, project.database = project.database, psycopg.conninfo.make_conninfo(project.database, dbname="nowhere")
    with pytest.raises(PostgresConnectionError, match=r'inspecting.* database "nowhere" does not exist'):
        project.update(main, 1, "new")
    with pytest.raises(PostgresConnectionError, match='database "nowhere" does not exist; check the host'):
        asyncio.run(opened(project.database))
    project.database = good
    project.update(main, 1, "new")
    assert rows(project) == expected(1, "new")


async def opened(database: str) -> None:
    async with await postgres.create_pool(database, min_size=1) as pool, pool.connection() as connection:
        await connection.execute("SELECT 1")


def test_pool_that_is_made_for_the_connector(database: str) -> None:
    asyncio.run(opened(database))

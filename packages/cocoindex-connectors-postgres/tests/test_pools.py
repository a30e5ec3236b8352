"""What a pool is made with: nothing that a pooler would lose, and no password in a message."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresConnectionError, PostgresPoolError
from cocoindex.errors import CocoIndexError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")


@pytest.mark.parametrize(("options", "threshold"), [({}, None), ({"kwargs": {"prepare_threshold": 3}}, 3)])
def test_no_statement_is_prepared_unless_that_is_said(
    database: str, options: dict[str, Any], threshold: int | None
) -> None:
    async def main() -> None:
        async with await postgres.create_pool(database, **options) as pool, pool.connection() as connection:
            assert connection.prepare_threshold == threshold

    asyncio.run(main())


@coco.fn
async def rows(count: int) -> None:
    table = await postgres.mount_table_target(
        DB, "docs", postgres.TableSchema[Any]({"id": postgres.ColumnDef("int")}, ["id"])
    )
    for id in range(count):
        table.declare_row(row={"id": id})


class Forgetful(AsyncConnectionPool[Any]):
    """Gives connections below which another session of the server is, as a pooler does in transaction mode."""

    async def getconn(self, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # as the pool has it
        connection = await super().getconn(timeout)
        async with connection.transaction():
            await connection.execute("DEALLOCATE ALL", prepare=False)
        return connection


@pytest.mark.parametrize(("options", "size"), [({"max_size": 2}, (2, 2)), ({"max_size": 3, "min_size": 0}, (0, 3))])
def test_a_small_pool(database: str, options: dict[str, int], size: tuple[int, int]) -> None:
    async def sizes() -> tuple[int, int]:
        async with await postgres.create_pool(database, **options) as pool:
            return pool.min_size, pool.max_size

    assert asyncio.run(sizes()) == size


def test_a_pool_behind_a_pooler(project: Project) -> None:
    async def main(threshold: int | None) -> None:
        kwargs = {"prepare_threshold": threshold}
        async with Forgetful(project.database, open=False, max_size=1, min_size=1, kwargs=kwargs) as pool:
            for count in (1, 5, 2, 7, 0):
                await _update(pool, count, project)

    asyncio.run(main(None))
    with pytest.raises(PostgresPoolError, match=r"pgbouncer in transaction mode .*'prepare_threshold': None"):
        asyncio.run(main(0))


async def _update(pool: Any, count: int, project: Project) -> None:
    context = coco.ContextProvider()
    context.provide(DB, pool)
    environment = coco.Environment(coco.Settings(db_path=project.store), context_provider=context)
    try:
        await coco.App(coco.AppConfig("app", environment=environment), rows, count).update()
    finally:
        environment.close()


SECRET = "Tr0ub4dor&3"


@pytest.mark.parametrize(
    "arguments",
    [
        {"conninfo": "postgresql://me:a%de@localhost/docs"},  # no UTF-8
        {"conninfo": "host=localhost password=\ud800"},
        {"conninfo": 5},
        {"conninfo": "", "kwargs": [1]},
        {"conninfo": "", "kwargs": {"conninfo": "host=localhost"}},
    ],
)
def test_arguments_that_the_driver_cannot_take_are_one_clear_error(arguments: dict[str, Any]) -> None:
    """Also in a pool of the user's own, which only says that it has no connection."""

    async def main() -> None:
        async with AsyncConnectionPool(**arguments, open=False, timeout=0.1, reconnect_timeout=0.1) as pool:
            await anext(aiter(postgres.PgTableSource(pool, table_name="docs").fetch_rows()))

    with pytest.raises(PostgresConnectionError, match="cannot connect to PostgreSQL"):
        asyncio.run(main())


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql//me:{SECRET}@localhost/docs",
        f"postgres:/me:{SECRET}@localhost/docs",
        f"postgresql://me:{SECRET}%zz@localhost/docs",
        f"postgresql://me:{SECRET}%de@localhost/docs",
        f"postgresql://me:x/{SECRET}@localhost:1/docs",
        f"postgresql://me:x:{SECRET}@localhost:1/docs",
        f"postgresql://me:x@{SECRET}@localhost:1/docs",
        f"host=localhost port=1 password='{SECRET}",
        f"host=localhost port=1 user=me {SECRET}",
        f"host=localhost port=1 user=me password={SECRET}",
        f"postgresql://me:{SECRET}@localhost:1/docs",
    ],
)
def test_a_connection_string_shows_no_password(dsn: str) -> None:
    with pytest.raises(CocoIndexError) as told:
        asyncio.run(postgres.create_pool(dsn))
    assert isinstance(told.value, PostgresConnectionError)
    assert SECRET not in "".join(traceback.format_exception(told.value, chain=True)).replace(dsn, "")
    assert SECRET not in str(told.value)


def test_what_the_driver_says_in_several_lines_is_told_in_one() -> None:
    with pytest.raises(PostgresConnectionError, match=r"refused; \S") as told:
        asyncio.run(postgres.create_pool("postgresql://localhost:1/docs"))
    assert not set(str(told.value)) & set("\n\t")

"""Tables and rows say what they really are, by whatever key and connection string their database is reached."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors.postgres._database_identity import learn_identity

from .table_handler import TableHandler

if TYPE_CHECKING:
    from tests.conftest import Server


def test_one_table_by_two_pools(server: Server, database: str) -> None:
    async def main(other_database: str) -> None:
        context = coco.ContextProvider()
        async with (
            AsyncConnectionPool[Any](database, open=False) as first,
            AsyncConnectionPool[Any](f"{database} application_name=x", open=False) as second,
            AsyncConnectionPool[Any](other_database, open=False) as other,
        ):
            pools = {"first": first, "second": second, "other": other}
            for name, pool in pools.items():
                context.provide(coco.ContextKey(name), pool)
                assert handler.physical_identity((name, "public", "docs"), context) is None  # nobody looked
                async with pool.connection() as connection:
                    await learn_identity(pool, connection)
            found = {name: handler.physical_identity((name, "public", "docs"), context) for name in pools}
        assert found["first"] == found["second"] != found["other"]
        assert handler.physical_identity(("first", "public", "notes"), context) != found["first"]
        assert handler.physical_identity(("nothing", "public", "docs"), context) is None

    handler = TableHandler()
    with server.new_database() as other_database:
        asyncio.run(main(other_database))

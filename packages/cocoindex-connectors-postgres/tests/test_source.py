"""A table is read row by row, as dicts or as what is asked for, asynchronously and blocking."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import enum
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypedDict

import numpy as np
import psycopg
import pydantic
import pytest
from numpy.typing import NDArray
from psycopg_pool import AsyncConnectionPool

from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import (
    PostgresConnectionError,
    PostgresRecordTypeError,
    PostgresRowError,
    PostgresSchemaError,
    PostgresTableError,
)
from cocoindex.errors import BlockingInLoopError, ContextTypeError
from cocoindex.resources.schema import VectorSchema


class Color(enum.Enum):
    RED = "red"


@dataclass
class Part:
    a: int
    at: datetime.date


@dataclass
class Product:
    id: int
    name: str | None
    price: float
    parts: list[Part]
    color: Color
    vector: Annotated[NDArray[np.float32], VectorSchema(dtype=np.dtype("float32"), size=2)] | None


class Named(NamedTuple):
    id: int
    name: str | None


class Typed(TypedDict):
    id: int
    name: str | None


class Model(pydantic.BaseModel):
    id: int
    price: decimal.Decimal
    parts: list[Part]


@pytest.fixture
def table(database: str) -> str:
    """The database, with a table of two products."""
    with psycopg.connect(database) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute(
            "CREATE TABLE products (id int PRIMARY KEY, name text, price numeric, parts jsonb, color text, "
            "vector vector(2), half halfvec(2))"
        )
        connection.execute(
            """INSERT INTO products VALUES
               (1, 'nail', 1.5, '[{"a": 1, "at": "2024-02-29"}]', 'red', '[1,2.5]', '[3,4]'),
               (2, NULL, 2, '[]', 'red', NULL, NULL)"""
        )
    return database


def read(database: str, **options: Any) -> list[Any]:
    """All rows, read with `async for`."""

    async def read() -> list[Any]:
        async with AsyncConnectionPool(database, min_size=1, open=False) as pool:
            source = postgres.PgTableSource[Any](pool, **{"table_name": "products", **options})
            return [row async for row in source.fetch_rows()]

    return asyncio.run(read())


def test_dicts(table: str) -> None:
    first, second = read(table)
    assert {name: first[name] for name in ("id", "name", "price", "parts", "color")} == {
        "id": 1,
        "name": "nail",
        "price": decimal.Decimal("1.5"),
        "parts": [{"a": 1, "at": "2024-02-29"}],
        "color": "red",
    }
    assert first["vector"].dtype == np.float32
    assert first["vector"].tolist() == [1.0, 2.5]
    assert first["half"].dtype == np.float16
    assert second["vector"] is None


def test_dataclass(table: str) -> None:
    first, second = read(table, row_type=Product)
    assert (first.price, first.parts, first.color) == (1.5, [Part(1, datetime.date(2024, 2, 29))], Color.RED)
    assert first.vector.tolist() == [1.0, 2.5]
    assert second == Product(2, None, 2.0, [], Color.RED, None)


def test_other_records(table: str) -> None:
    assert read(table, row_type=Named) == [Named(1, "nail"), Named(2, None)]
    assert read(table, row_type=Typed) == [{"id": 1, "name": "nail"}, {"id": 2, "name": None}]
    assert read(table, row_type=Model)[0] == Model(
        id=1, price=decimal.Decimal("1.5"), parts=[Part(1, datetime.date(2024, 2, 29))]
    )


def test_columns_and_factory(table: str) -> None:
    assert read(table, columns=["name", "id"]) == [{"name": "nail", "id": 1}, {"name": None, "id": 2}]
    assert read(table, columns=["id"], row_factory=lambda row: row["id"] * 2) == [2, 4]


def test_blocking_in_a_thread(table: str) -> None:
    async def read() -> list[Any]:
        async with AsyncConnectionPool(table, min_size=1, open=False) as pool:
            source = postgres.PgTableSource(pool, table_name="products", row_type=Named)
            with pytest.raises(BlockingInLoopError, match=r"async for row in fetch_rows\(\)"):
                iter(source.fetch_rows())
            return await asyncio.to_thread(lambda: list(source.fetch_rows()))

    assert asyncio.run(read()) == [Named(1, "nail"), Named(2, None)]


def test_blocking_stops_in_the_middle_and_begins_anew(table: str) -> None:
    async def fetcher() -> postgres.RowFetcher[Named]:
        pool = AsyncConnectionPool[Any](table, open=False)
        return postgres.PgTableSource(pool, table_name="products", row_type=Named).fetch_rows()

    rows = asyncio.run(fetcher())
    for row in rows:
        assert row == Named(1, "nail")
        break
    assert len(list(rows)) == 2


def test_items(table: str) -> None:
    async def read() -> list[Any]:
        async with AsyncConnectionPool(table, min_size=1, open=False) as pool:
            rows = postgres.PgTableSource(pool, table_name="products", row_type=Named).fetch_rows()
            return [pair async for pair in rows.items(lambda row: row.id)]

    assert asyncio.run(read()) == [(1, Named(1, "nail")), (2, Named(2, None))]


def test_odd_names(table: str) -> None:
    with psycopg.connect(table) as connection:
        connection.execute('CREATE SCHEMA "select ""x"""')
        connection.execute('CREATE TABLE "select ""x"""."100% ""t""" ("from" int, "a""b; --%s" int)')
        connection.execute('INSERT INTO "select ""x"""."100% ""t""" VALUES (1, 2)')
    odd = {"table_name": '100% "t"', "pg_schema_name": 'select "x"'}
    assert read(table, **odd) == [{"from": 1, 'a"b; --%s': 2}]
    assert read(table, **odd, columns=['a"b; --%s']) == [{'a"b; --%s': 2}]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"table_name": "nope"},
            PostgresTableError,
            'reading the table public.nope failed: table "nope" does not exist in schema "public"; tables there: prod',
        ),
        ({"pg_schema_name": "nope"}, PostgresTableError, "reading the table nope.products"),
        ({"columns": ["nope"]}, PostgresTableError, 'column "nope" does not exist'),
        ({"columns": "id"}, PostgresSchemaError, "columns of the source 'products' is a list of names"),
        ({"columns": [""]}, PostgresSchemaError, "the name of a column"),
        ({"table_name": ""}, PostgresSchemaError, "the name of a table"),
        ({"row_type": Named, "row_factory": dict}, PostgresSchemaError, "not both"),
        ({"row_type": Named, "columns": ["id", "w"]}, PostgresSchemaError, "names 'w', which Named does not have"),
        ({"row_type": dict}, PostgresRecordTypeError, "from a dataclass"),
        ({"row_type": Named, "columns": ["id"]}, PostgresRowError, r"cannot be read as Named: .*'name'.* {'id': 1}"),
    ],
)
def test_bad_input(table: str, options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read(table, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table_name": "Products"}, r"did you mean table_name='products'\?"),
        ({"table_name": "prodcuts"}, r"did you mean table_name='products'\?"),
        ({"table_name": '"products"'}, r"did you mean table_name='products'\?"),
        ({"table_name": "public.products"}, r"did you mean table_name='products'\?"),
        ({"table_name": "News"}, r"did you mean table_name='news', pg_schema_name='other'\?"),
        ({"table_name": "other.news"}, r"did you mean table_name='news', pg_schema_name='other'\?"),
        ({"table_name": "pg_class"}, r"did you mean table_name='pg_class', pg_schema_name='pg_catalog'\?"),
        ({"table_name": "news", "pg_schema_name": "Other"}, r'schema "Other" does not.*pg_schema_name=\'other\'\?'),
        ({"columns": ["ID", "nam"]}, r"the columns of the table: id, .*; did you mean id or name\?"),
        ({"table_name": "broken"}, 'relation "nowhere" does not exist; the error is in the view'),
    ],
)
def test_what_may_be_meant(table: str, options: dict[str, Any], message: str) -> None:
    with psycopg.connect(table) as connection:
        connection.execute("CREATE SCHEMA other")
        connection.execute("CREATE TABLE other.news (id int)")
        connection.execute(
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM nowhere); END'"
        )
        connection.execute("CREATE VIEW broken AS SELECT f() AS id")
    with pytest.raises(PostgresTableError, match=message):
        read(table, **options)


def test_a_pool_that_is_none() -> None:
    with pytest.raises(ContextTypeError, match=r"the pool of the source 'products' is a builtins.str"):
        postgres.PgTableSource("postgresql://localhost", table_name="products")  # type: ignore[call-overload]


def test_a_pool_that_was_not_opened(table: str) -> None:
    async def read() -> None:
        source = postgres.PgTableSource(AsyncConnectionPool(table, open=False), table_name="products")
        async for _ in source.fetch_rows():
            pass

    with pytest.raises(PostgresConnectionError, match="not open yet; open the pool in the lifespan"):
        asyncio.run(read())


def test_a_connection_that_dies_before_the_first_row_is_replaced(table: str) -> None:
    async def read() -> int:
        async with AsyncConnectionPool(table, min_size=3, open=False) as pool:
            await pool.wait()
            await kill_all(table)
            source = postgres.PgTableSource(pool, table_name="products")
            return len([row async for row in source.fetch_rows()])

    assert asyncio.run(read()) == 2


def test_a_connection_that_dies_on_the_way_is_an_error(table: str) -> None:
    with psycopg.connect(table) as connection:
        connection.execute("INSERT INTO products (id) SELECT generate_series(10, 2000)")

    async def read(found: list[int]) -> None:
        async with AsyncConnectionPool(table, min_size=1, open=False) as pool:
            source = postgres.PgTableSource(pool, table_name="products", columns=["id"])
            async for row in source.fetch_rows():
                if not found:
                    await kill_all(table)
                found.append(row["id"])

    found: list[int] = []
    with pytest.raises(PostgresConnectionError, match=r"reading the table public\.products"):
        asyncio.run(read(found))
    assert 0 < len(found) < 1000


async def kill_all(database: str) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as killer:
        await killer.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_memory_does_not_grow_with_the_table(table: str) -> None:
    import tracemalloc

    with psycopg.connect(table) as connection:
        connection.execute(
            "CREATE TABLE large AS SELECT i AS id, repeat('x', 2000) AS t FROM generate_series(1, 20000) i"
        )

    async def read() -> int:
        async with AsyncConnectionPool(table, min_size=1, open=False) as pool:
            count = 0
            async for _ in postgres.PgTableSource(pool, table_name="large").fetch_rows():
                count += 1
            assert count == 20_000
            return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        assert asyncio.run(read()) < 8_000_000  # the table has 40 MB
    finally:
        tracemalloc.stop()

"""A table is read row by row, as dicts or as what is asked for, asynchronously and blocking."""

from __future__ import annotations

import asyncio
import datetime
import tracemalloc
from typing import Any, NamedTuple, TypedDict

import pydantic
import pytest

from cocoindex.connectors import duckdb
from cocoindex.errors import (
    BlockingInLoopError,
    ContextTypeError,
    SqlRecordTypeError,
    SqlRowError,
    SqlSchemaError,
    SqlTableError,
)


class Named(NamedTuple):
    id: int
    name: str | None


class Typed(TypedDict):
    id: int
    name: str | None


@pytest.fixture
def table(connection: duckdb.ManagedConnection) -> duckdb.ManagedConnection:
    """The connection, to a database with a table of two products."""
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price DOUBLE, picture BLOB)")
        raw.execute("INSERT INTO products VALUES (1, 'nail', 1.5, '\\x00\\xFF'), (2, NULL, 'nan', NULL)")
    return connection


def read(connection: duckdb.ManagedConnection, **options: Any) -> list[Any]:
    """All rows, read with `async for`."""

    async def read() -> list[Any]:
        source = duckdb.DuckdbTableSource[Any](connection, **{"table_name": "products", **options})
        return [row async for row in source.fetch_rows()]

    return asyncio.run(read())


def test_dicts_of_what_the_database_holds(table: duckdb.ManagedConnection) -> None:
    first, second = read(table)
    assert first == {"id": 1, "name": "nail", "price": 1.5, "picture": b"\0\xff"}
    assert repr(second) == "{'id': 2, 'name': None, 'price': nan, 'picture': None}"


def test_records(table: duckdb.ManagedConnection) -> None:
    assert read(table, row_type=Named) == [Named(1, "nail"), Named(2, None)]
    assert read(table, row_type=Typed) == [{"id": 1, "name": "nail"}, {"id": 2, "name": None}]


class Priced(pydantic.BaseModel):
    id: int
    name: str


def test_a_row_that_cannot_be_read_fails_after_all_others_were_given(table: duckdb.ManagedConnection) -> None:
    with table.transaction() as raw:
        raw.execute("INSERT INTO products (id, name) VALUES (3, 'screw'), (4, NULL), (5, 'nut')")

    async def read() -> None:
        async for row in duckdb.DuckdbTableSource(table, table_name="products", row_type=Priced).fetch_rows():
            seen.append(row.id)

    seen: list[int] = []
    with pytest.raises(SqlRowError, match="2 rows of the table products cannot be read, such as: a row"):
        asyncio.run(read())
    assert seen == [1, 3, 5]
    rows = duckdb.DuckdbTableSource(table, table_name="products", row_type=Priced).fetch_rows()
    seen = []
    with pytest.raises(SqlRowError, match="cannot be read"):
        seen.extend(row.id for row in rows)
    assert len(seen) == 3


def test_a_moment_that_python_cannot_hold_is_text(connection: duckdb.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE products (t TIMESTAMPTZ)")
        raw.execute(
            "INSERT INTO products VALUES ('2024-01-01 00:00:00+00'), ('0044-03-15 (BC) 12:00:00+00'), ('infinity')"
        )
    found = [row["t"] for row in read(connection)]
    assert found == [
        datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
        "0044-03-15 (BC) 12:00:00+00",
        datetime.datetime.max.replace(tzinfo=datetime.UTC),
    ]


def test_json_that_python_refuses_fails_its_row_alone(connection: duckdb.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE products (id INTEGER, v JSON)")
        raw.execute("INSERT INTO products VALUES (1, '1'), (2, ?), (3, '[]')", ["1" + "0" * 5000])
    seen: list[int] = []

    async def read() -> None:
        source = duckdb.DuckdbTableSource[dict[str, Any]](connection, table_name="products")
        async for row in source.fetch_rows():
            seen.append(row["id"])

    with pytest.raises(SqlRowError, match="its column 'v' holds"):
        asyncio.run(read())
    assert seen == [1, 3]


def test_columns_and_factory(table: duckdb.ManagedConnection) -> None:
    assert read(table, columns=["name", "ID"]) == [{"name": "nail", "ID": 1}, {"name": None, "ID": 2}]
    assert read(table, columns=["id"], row_factory=lambda row: row["id"] * 2) == [2, 4]


@pytest.mark.parametrize("make", ["VIEW", "TEMP VIEW", "TABLE", "TEMP TABLE"])
def test_tables_and_views(table: duckdb.ManagedConnection, make: str) -> None:
    with table.transaction() as raw:
        raw.execute(f"CREATE {make.removeprefix('TEMP ')} other AS SELECT id, name FROM products")
    assert [row["id"] for row in read(table, table_name="other", columns=["id", "name"])] == [1, 2]


def test_moments_are_in_utc_and_json_is_read(connection: duckdb.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE moments (moment TIMESTAMPTZ, local TIMESTAMP, late TIMETZ, j JSON)")
        raw.execute("SET TimeZone = 'Asia/Tokyo'")
        raw.execute(
            "INSERT INTO moments VALUES"
            " ('2025-01-01 00:00:00+05:30', '2025-01-01', '12:00:00+02', '{\"a\": [1]}'), (NULL, NULL, NULL, NULL)"
        )
    first, second = read(connection, table_name="moments")
    assert first["moment"] == datetime.datetime(2024, 12, 31, 18, 30, tzinfo=datetime.UTC)
    assert first["moment"].tzinfo is datetime.UTC
    assert first["local"] == datetime.datetime(2025, 1, 1)
    assert first["late"].isoformat() == "12:00:00+02:00"
    assert first["j"] == {"a": [1]}
    assert set(second.values()) == {None}


def test_a_database_in_memory() -> None:
    with duckdb.managed_connection(":memory:") as connection:
        with connection.transaction() as raw:
            raw.execute("CREATE TABLE products (id INTEGER)")
            raw.execute("INSERT INTO products VALUES (7)")
        assert read(connection) == [{"id": 7}]


def test_an_empty_table(table: duckdb.ManagedConnection) -> None:
    with table.transaction() as raw:
        raw.execute("DELETE FROM products")
    assert read(table, row_type=Named) == []


def test_blocking_in_a_thread(table: duckdb.ManagedConnection) -> None:
    rows = duckdb.DuckdbTableSource(table, table_name="products", row_type=Named).fetch_rows()

    async def read() -> list[Named]:
        with pytest.raises(BlockingInLoopError, match=r"async for row in fetch_rows\(\)"):
            iter(rows)
        return await asyncio.to_thread(lambda: list(rows))

    assert asyncio.run(read()) == [Named(1, "nail"), Named(2, None)] == list(rows)


def test_every_iteration_reads_anew(table: duckdb.ManagedConnection) -> None:
    rows = duckdb.DuckdbTableSource(table, table_name="products", row_type=Named).fetch_rows()
    for row in rows:
        assert row == Named(1, "nail")
        break
    with table.transaction() as raw:
        raw.execute("UPDATE products SET name = 'saw' WHERE id = 2")
    assert list(rows)[1] == Named(2, "saw")


def test_the_database_is_free_while_rows_are_processed(table: duckdb.ManagedConnection) -> None:
    found = []
    for row in duckdb.DuckdbTableSource(table, table_name="products", row_type=Named).fetch_rows():
        found.append(row)
        with table.transaction() as raw:
            raw.execute("UPDATE products SET name = 'changed'")
    assert found == [Named(1, "nail"), Named(2, None)]


def test_items(table: duckdb.ManagedConnection) -> None:
    async def read() -> list[Any]:
        rows = duckdb.DuckdbTableSource(table, table_name="products", row_type=Named).fetch_rows()
        return [pair async for pair in rows.items(lambda row: row.id)]

    assert asyncio.run(read()) == [(1, Named(1, "nail")), (2, Named(2, None))]


def test_odd_names(connection: duckdb.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute('CREATE TABLE "100% ""t""; --" ("from" int, "a""b; --?" int, "ünï" int)')
        raw.execute('INSERT INTO "100% ""t""; --" VALUES (1, 2, 3)')
    assert read(connection, table_name='100% "t"; --') == [{"from": 1, 'a"b; --?': 2, "ünï": 3}]
    assert read(connection, table_name='100% "T"; --', columns=['a"b; --?']) == [{'a"b; --?': 2}]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"table_name": "nope"}, SqlTableError, "has no table or view 'nope'; it has 'products'"),
        ({"table_name": "prodcts"}, SqlTableError, "has no table or view 'prodcts'; .*did you mean 'products'?"),
        ({"table_name": "main.products"}, SqlTableError, "did you mean 'products'?"),
        ({"columns": ["nmae"]}, SqlTableError, "has no column 'nmae'; .*did you mean 'name'?"),
        ({"table_name": ""}, SqlSchemaError, "the name of a table is a str that is not empty"),
        (
            {"columns": ["id", "nope"]},
            SqlTableError,
            "has no column 'nope'; it has 'id', 'name', 'price', 'picture'",
        ),
        ({"columns": "id"}, SqlSchemaError, "columns of the source 'products' is a list of names"),
        ({"row_type": Named, "row_factory": dict}, SqlSchemaError, "not both"),
        ({"row_type": Named, "columns": ["id", "w"]}, SqlSchemaError, "names 'w', which Named does not have"),
        ({"row_type": dict}, SqlRecordTypeError, "from a dataclass"),
        ({"row_type": Named, "columns": ["id"]}, SqlRowError, r"cannot be read as Named: .*'name'.* {'id': 1}"),
    ],
)
def test_bad_input(
    table: duckdb.ManagedConnection, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read(table, **options)


def test_of_many_tables_some_are_named(connection: duckdb.ManagedConnection) -> None:
    with connection.transaction() as raw:
        for number in range(200):
            raw.execute(f"CREATE TABLE table_{number:03} (id int)")
    with pytest.raises(SqlTableError, match="and 150 more; did you mean 'table_117'") as raised:
        read(connection, table_name="table-117")
    assert len(str(raised.value)) < 1_500


def test_a_connection_of_another_kind() -> None:
    with pytest.raises(
        ContextTypeError, match=r"the connection of the source 'products' is a str; provide what duckdb\."
    ):
        duckdb.DuckdbTableSource("products.duckdb", table_name="products")


def test_a_closed_connection(table: duckdb.ManagedConnection) -> None:
    table.close()
    with pytest.raises(ConnectionError, match="was closed"):
        read(table)


def test_memory_does_not_grow_with_the_table(connection: duckdb.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE large AS SELECT i AS id, repeat('x', 2000) AS t FROM range(20000) r(i)")
    tracemalloc.start()
    try:
        assert len(read(connection, table_name="large", row_factory=lambda row: row["id"])) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 12_000_000  # the table has 40 MB
    finally:
        tracemalloc.stop()

"""A table is read row by row, as dicts or as what is asked for, asynchronously and blocking."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple, TypedDict

import pydantic
import pytest

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import (
    SqliteBusyError,
    SqliteConnectionError,
    SqliteRecordTypeError,
    SqliteRowError,
    SqliteSchemaError,
    SqliteTableError,
)
from cocoindex.errors import BlockingInLoopError, ContextTypeError


class Named(NamedTuple):
    id: int
    name: str | None


class Typed(TypedDict):
    id: int
    name: str | None


@pytest.fixture
def table(connection: sqlite.ManagedConnection) -> sqlite.ManagedConnection:
    """The connection, to a database with a table of two products."""
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price, picture BLOB)")
        raw.execute("INSERT INTO products VALUES (1, 'nail', 1.5, x'00ff'), (2, NULL, 'free', NULL)")
    return connection


def read(connection: sqlite.ManagedConnection, **options: Any) -> list[Any]:
    """All rows, read with `async for`."""

    async def read() -> list[Any]:
        source = sqlite.SqliteTableSource[Any](connection, **{"table_name": "products", **options})
        return [row async for row in source.fetch_rows()]

    return asyncio.run(read())


def test_dicts_of_what_the_database_holds(table: sqlite.ManagedConnection) -> None:
    assert read(table) == [
        {"id": 1, "name": "nail", "price": 1.5, "picture": b"\0\xff"},
        {"id": 2, "name": None, "price": "free", "picture": None},
    ]


def test_records(table: sqlite.ManagedConnection) -> None:
    assert read(table, row_type=Named) == [Named(1, "nail"), Named(2, None)]
    assert read(table, row_type=Typed) == [{"id": 1, "name": "nail"}, {"id": 2, "name": None}]


class Priced(pydantic.BaseModel):
    id: int
    name: str


def test_a_row_that_cannot_be_read_fails_after_all_others_were_given(table: sqlite.ManagedConnection) -> None:
    with table.transaction() as raw:
        raw.execute("INSERT INTO products (id, name) VALUES (3, 'screw'), (4, NULL), (5, 'nut')")

    async def read() -> None:
        async for row in sqlite.SqliteTableSource(table, table_name="products", row_type=Priced).fetch_rows():
            seen.append(row.id)

    seen: list[int] = []
    with pytest.raises(SqliteRowError, match="2 rows of the table products cannot be read, such as: a row"):
        asyncio.run(read())
    assert seen == [1, 3, 5]
    rows = sqlite.SqliteTableSource(table, table_name="products", row_type=Priced).fetch_rows()
    seen = []
    with pytest.raises(SqliteRowError, match="cannot be read"):
        seen.extend(row.id for row in rows)
    assert len(seen) == 3


def test_columns_and_factory(table: sqlite.ManagedConnection) -> None:
    assert read(table, columns=["name", "ID"]) == [{"name": "nail", "ID": 1}, {"name": None, "ID": 2}]
    assert read(table, columns=["id"], row_factory=lambda row: row["id"] * 2) == [2, 4]


@pytest.mark.parametrize(
    "make",
    [
        "CREATE VIEW other AS SELECT id, name FROM products",
        "CREATE TABLE other (id, name, PRIMARY KEY (id)) WITHOUT ROWID",
        "CREATE VIRTUAL TABLE other USING vec0(id INTEGER PRIMARY KEY, +name TEXT, v float[1])",
    ],
)
def test_other_kinds_of_tables(table: sqlite.ManagedConnection, make: str) -> None:
    with table.transaction() as raw:
        raw.execute(make)
        if "VIRTUAL" in make:
            raw.execute("INSERT INTO other (id, name, v) SELECT id, coalesce(name, ''), '[1]' FROM products")
        elif "TABLE" in make:
            raw.execute("INSERT INTO other SELECT id, coalesce(name, '') FROM products")
    assert [row["id"] for row in read(table, table_name="other", columns=["id", "name"])] == [1, 2]


def test_a_database_in_memory() -> None:
    with sqlite.managed_connection(":memory:") as connection:
        with connection.transaction() as raw:
            raw.execute("CREATE TABLE products (id)")
            raw.execute("INSERT INTO products VALUES (7)")
        assert read(connection) == [{"id": 7}]


def test_an_empty_table(table: sqlite.ManagedConnection) -> None:
    with table.transaction() as raw:
        raw.execute("DELETE FROM products")
    assert read(table, row_type=Named) == []


def test_blocking_in_a_thread(table: sqlite.ManagedConnection) -> None:
    rows = sqlite.SqliteTableSource(table, table_name="products", row_type=Named).fetch_rows()

    async def read() -> list[Named]:
        with pytest.raises(BlockingInLoopError, match=r"async for row in fetch_rows\(\)"):
            iter(rows)
        return await asyncio.to_thread(lambda: list(rows))

    assert asyncio.run(read()) == [Named(1, "nail"), Named(2, None)] == list(rows)


def test_every_iteration_reads_anew(table: sqlite.ManagedConnection) -> None:
    rows = sqlite.SqliteTableSource(table, table_name="products", row_type=Named).fetch_rows()
    for row in rows:
        assert row == Named(1, "nail")
        break
    with table.transaction() as raw:
        raw.execute("UPDATE products SET name = 'saw' WHERE id = 2")
    assert list(rows)[1] == Named(2, "saw")


def test_the_database_is_free_while_rows_are_processed(table: sqlite.ManagedConnection) -> None:
    found = []
    for row in sqlite.SqliteTableSource(table, table_name="products", row_type=Named).fetch_rows():
        found.append(row)
        with table.transaction() as raw:
            raw.execute("DROP TABLE IF EXISTS products")
    assert found == [Named(1, "nail"), Named(2, None)]


def test_items(table: sqlite.ManagedConnection) -> None:
    async def read() -> list[Any]:
        rows = sqlite.SqliteTableSource(table, table_name="products", row_type=Named).fetch_rows()
        return [pair async for pair in rows.items(lambda row: row.id)]

    assert asyncio.run(read()) == [(1, Named(1, "nail")), (2, Named(2, None))]


def test_odd_names(connection: sqlite.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute('CREATE TABLE "100% ""t""; --" ("from" int, "a""b; --?" int, "ünï" int)')
        raw.execute('INSERT INTO "100% ""t""; --" VALUES (1, 2, 3)')
    assert read(connection, table_name='100% "t"; --') == [{"from": 1, 'a"b; --?': 2, "ünï": 3}]
    assert read(connection, table_name='100% "T"; --', columns=['a"b; --?']) == [{'a"b; --?': 2}]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"table_name": "nope"}, SqliteTableError, "has no table or view 'nope'; it has 'products'"),
        ({"table_name": "prodcts"}, SqliteTableError, "has no table or view 'prodcts'; .*did you mean 'products'?"),
        ({"table_name": "main.products"}, SqliteTableError, "did you mean 'products'?"),
        ({"columns": ["nmae"]}, SqliteTableError, "has no column 'nmae'; .*did you mean 'name'?"),
        ({"table_name": ""}, SqliteTableError, "has no table or view ''"),
        (
            {"columns": ["id", "nope"]},
            SqliteTableError,
            "has no column 'nope'; it has 'id', 'name', 'price', 'picture'",
        ),
        ({"columns": "id"}, SqliteSchemaError, "columns of the source 'products' is a list of names"),
        ({"row_type": Named, "row_factory": dict}, SqliteSchemaError, "not both"),
        ({"row_type": Named, "columns": ["id", "w"]}, SqliteSchemaError, "names 'w', which Named does not have"),
        ({"row_type": dict}, SqliteRecordTypeError, "from a dataclass"),
        ({"row_type": Named, "columns": ["id"]}, SqliteRowError, r"cannot be read as Named: .*'name'.* {'id': 1}"),
    ],
)
def test_bad_input(
    table: sqlite.ManagedConnection, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read(table, **options)


def test_of_many_tables_some_are_named(connection: sqlite.ManagedConnection) -> None:
    with connection.transaction() as raw:
        for number in range(200):
            raw.execute(f"CREATE TABLE table_{number:03} (id int)")
    with pytest.raises(SqliteTableError, match="and 150 more; did you mean 'table_117'") as raised:
        read(connection, table_name="table-117")
    assert len(str(raised.value)) < 1_500


def test_a_connection_of_another_kind() -> None:
    with pytest.raises(ContextTypeError, match=r"the connection of the source 'products' is a str; give what sqlite\."):
        sqlite.SqliteTableSource("products.sqlite", table_name="products")  # type: ignore[call-overload]


def test_a_closed_connection(table: sqlite.ManagedConnection) -> None:
    table.close()
    with pytest.raises(SqliteConnectionError, match="was closed"):
        read(table)


def test_a_lock_that_another_process_holds(
    table: sqlite.ManagedConnection, database: str, connect: Callable[..., Any]
) -> None:
    other = connect(database)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SqliteBusyError, match="reading 'products'"):
        read(table)
    other.execute("ROLLBACK")
    assert len(read(table)) == 2


@pytest.fixture
def connect() -> Callable[..., Any]:
    return lambda database: sqlite.sqlite3.connect(database, isolation_level=None)


def test_memory_does_not_grow_with_the_table(connection: sqlite.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE large (id INTEGER PRIMARY KEY, t TEXT)")
        raw.executemany("INSERT INTO large (t) VALUES (?)", (("x" * 2000,) for _ in range(20_000)))
    tracemalloc.start()
    try:
        assert len(read(connection, table_name="large", row_factory=lambda row: row["id"])) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 8_000_000  # the table has 40 MB
    finally:
        tracemalloc.stop()

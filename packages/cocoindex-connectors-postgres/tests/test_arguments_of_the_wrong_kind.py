"""What is of the wrong kind is refused where it is given, before a server is asked, with what to give."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import psycopg_pool
import pytest

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresArgumentError, PostgresSchemaError

DB = coco.ContextKey[Any]("wrong_kind/postgres")
SCHEMA: postgres.TableSchema[Any] = postgres.TableSchema({"id": postgres.ColumnDef("text")}, ["id"])


@dataclass
class Row:
    id: str


async def asynchronous(value: Any) -> Any:
    return value


def refused(says: str) -> Any:
    return pytest.raises(PostgresArgumentError, match=says)


@pytest.mark.parametrize("wrong", [5, b"postgresql://", ["host"], DB])
def test_the_connection_string_of_a_pool(wrong: Any) -> None:
    with refused(r"postgres\.create_pool\(\) takes a connection string") as caught:
        asyncio.run(postgres.create_pool(wrong))
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"nullable": None}, "nullable= of the column 'id' is True or False, not None"),
        ({"nullable": "no"}, "nullable= of the column 'id' is True or False, not 'no'"),
        ({"encoder": "json"}, "encoder= of the column 'id' is a sync function, not 'json'"),
        ({"encoder": asynchronous}, "encoder= of the column 'id' is a sync function, not <function async"),
    ],
)
def test_the_options_of_a_column(options: dict[str, Any], says: str) -> None:
    with refused(says):
        postgres.TableSchema({"id": postgres.ColumnDef("text", **options)}, ["id"])


@pytest.mark.parametrize("wrong", [5, "id", ["id"], DB])
def test_overrides_of_columns(wrong: Any) -> None:
    with refused("column_overrides is a dict of types by field name"):
        asyncio.run(postgres.TableSchema.from_class(Row, ["id"], column_overrides=wrong))


@pytest.mark.parametrize("wrong", [None, 5, "wrong_kind/postgres", coco.ContextKey])
def test_the_key_of_the_database(wrong: Any) -> None:
    with refused(r"the database of the table 'rows' is given by the coco\.ContextKey of its pool, not by"):
        postgres.table_target(wrong, "rows", SCHEMA)
    with refused(r"given by the coco\.ContextKey of its pool"):
        asyncio.run(postgres.mount_table_target(wrong, "rows", SCHEMA))


@pytest.mark.parametrize("wrong", [None, 5, b"rows", ["rows"]])
def test_the_name_of_a_table(wrong: Any) -> None:
    with pytest.raises(PostgresSchemaError):
        postgres.table_target(DB, wrong, SCHEMA)


@pytest.mark.parametrize("wrong", [None, 5, "rows", Row, {"id": postgres.ColumnDef("text")}])
def test_the_schema_of_a_table(wrong: Any) -> None:
    with refused(r"the schema of the table 'rows' must be a postgres\.TableSchema, as `await .*from_class\(\.\.\.\)`"):
        postgres.table_target(DB, "rows", wrong)


def test_a_schema_that_nobody_awaited() -> None:
    schema: Any = postgres.TableSchema.from_class(Row, ["id"])
    with refused(r"as `await postgres\.TableSchema\.from_class\(\.\.\.\)` returns it, not <coroutine"):
        postgres.table_target(DB, "rows", schema)


@pytest.mark.parametrize("wrong", [None, 5, DB])
def test_the_provider_of_rows(wrong: Any) -> None:
    with refused(r"takes the result of `await coco\.mount_target\(postgres\.table_target\(\.\.\.\)\)`, not"):
        postgres.TableTarget(wrong, SCHEMA)


def pool() -> psycopg_pool.AsyncConnectionPool[Any]:
    return psycopg_pool.AsyncConnectionPool("host=nowhere", open=False)


@pytest.mark.parametrize("wrong", ["Row", 5, asynchronous])
def test_what_makes_the_rows_of_a_source(wrong: Any) -> None:
    with refused("row_factory= of the source 'rows' is a sync function of a dict, not"):
        postgres.PgTableSource(pool(), table_name="rows", row_factory=wrong)


@pytest.mark.parametrize("wrong", ["id", 5, [5], {"id": 1}])
def test_the_columns_of_a_source(wrong: Any) -> None:
    with pytest.raises(PostgresSchemaError, match="columns of the source 'rows' is a list of names, not"):
        postgres.PgTableSource(pool(), table_name="rows", columns=wrong)


@pytest.mark.parametrize("wrong", [None, "id", 5, ["id"], asynchronous])
def test_the_key_of_the_rows_of_a_source(wrong: Any) -> None:
    rows = postgres.PgTableSource(pool(), table_name="rows").fetch_rows()
    with refused(r"items\(\) of the rows of a table takes a sync function that gives the key of a row"):
        rows.items(wrong)

"""What is of the wrong kind is refused where it is given, with the argument, the table and what to give."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteArgumentError, SqliteRowError, SqliteSchemaError
from cocoindex.errors import ContextTypeError

DB = coco.ContextKey[Any]("wrong_kind/sqlite")
SCHEMA: sqlite.TableSchema[Any] = sqlite.TableSchema({"id": sqlite.ColumnDef("TEXT")}, ["id"])


@dataclass
class Row:
    id: str


async def asynchronous(value: Any) -> Any:
    return value


def refused(says: str) -> Any:
    return pytest.raises(SqliteArgumentError, match=says)


@pytest.mark.parametrize("wrong", [None, 5, b"rows.db", ["rows.db"], DB, Path, "a\0b", "a\ud800b"])
def test_the_path_of_a_database(wrong: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with refused(r"sqlite\.connect\(\) takes the path of a file") as caught:
        sqlite.connect(wrong)
    assert isinstance(caught.value, TypeError)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("wrong", [None, "5", True, [5], math.nan, -1, 10**400])
def test_the_timeout_of_a_connection(wrong: Any, tmp_path: Path) -> None:
    with refused(r"timeout= of sqlite\.connect\(\) is a number of seconds from 0 on, not"):
        sqlite.connect(tmp_path / "rows.db", timeout=wrong)


def test_an_option_that_the_library_does_not_have(tmp_path: Path) -> None:
    with refused(r"sqlite\.connect\(\) hands bogus on to the library: .*bogus"):
        sqlite.connect(tmp_path / "rows.db", bogus=1)


@pytest.mark.parametrize("wrong", [None, 5, "id", ["id"], Row, SCHEMA])
def test_the_columns_of_a_schema(wrong: Any) -> None:
    with pytest.raises(SqliteSchemaError, match="columns are a dict of ColumnDef by name, not"):
        sqlite.TableSchema(wrong, ["id"])


@pytest.mark.parametrize("wrong", [None, 5, "id", {"id": True}, {}, DB])
def test_the_primary_key_of_a_schema(wrong: Any) -> None:
    with pytest.raises(SqliteSchemaError, match="primary_key is a list of one column name or more"):
        sqlite.TableSchema({"id": sqlite.ColumnDef("TEXT")}, wrong)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"nullable": None}, "nullable= of the column 'id' is True or False, not None"),
        ({"nullable": "no"}, "nullable= of the column 'id' is True or False, not 'no'"),
        ({"is_vector": 3}, "is_vector= of the column 'id' is True or False, not 3"),
        ({"encoder": "json"}, "encoder= of the column 'id' is a sync function, not 'json'"),
        ({"encoder": asynchronous}, "encoder= of the column 'id' is a sync function, not <function async"),
    ],
)
def test_the_options_of_a_column(options: dict[str, Any], says: str) -> None:
    with refused(says):
        sqlite.TableSchema({"id": sqlite.ColumnDef("TEXT", **options)}, ["id"])


@pytest.mark.parametrize("wrong", [5, "id", ["id"], DB])
def test_overrides_of_columns(wrong: Any) -> None:
    with refused("column_overrides is a dict of types by field name"):
        asyncio.run(sqlite.TableSchema.from_class(Row, ["id"], column_overrides=wrong))


@pytest.mark.parametrize("option", ["partition_key_columns", "auxiliary_columns"])
@pytest.mark.parametrize("wrong", [None, "id", 5, [5], {"id": 1}])
def test_the_columns_of_a_virtual_table(option: str, wrong: Any) -> None:
    with refused(f"{option}= of a Vec0TableDef is a list of column names, not"):
        sqlite.Vec0TableDef(**{option: wrong})


@pytest.mark.parametrize("wrong", [None, 5, "wrong_kind/sqlite", Path("rows.db"), coco.ContextKey])
def test_the_key_of_the_database(wrong: Any) -> None:
    with refused(r"the database of the table 'rows' is given by the coco\.ContextKey of its connection, not by"):
        sqlite.table_target(wrong, "rows", SCHEMA)


@pytest.mark.parametrize("wrong", [None, 5, b"rows", ["rows"], SCHEMA])
def test_the_name_of_a_table(wrong: Any) -> None:
    with refused("the name of a table is a str, not"):
        sqlite.table_target(DB, wrong, SCHEMA)


@pytest.mark.parametrize("wrong", [None, 5, "rows", Row, {"id": sqlite.ColumnDef("TEXT")}])
def test_the_schema_of_a_table(wrong: Any) -> None:
    with refused(r"the schema of the table 'rows' must be a sqlite\.TableSchema, as `await .*from_class\(\.\.\.\)`"):
        sqlite.table_target(DB, "rows", wrong)


def test_a_schema_that_nobody_awaited() -> None:
    schema: Any = sqlite.TableSchema.from_class(Row, ["id"])
    with refused(r"as `await sqlite\.TableSchema\.from_class\(\.\.\.\)` returns it, not <coroutine"):
        sqlite.table_target(DB, "rows", schema)


@pytest.mark.parametrize("wrong", [5, "vec0", True, sqlite.Vec0TableDef])
def test_the_virtual_table_of_a_table(wrong: Any) -> None:
    with refused(r"virtual_table_def= of the table 'rows' is a sqlite\.Vec0TableDef, not"):
        sqlite.table_target(DB, "rows", SCHEMA, virtual_table_def=wrong)


@pytest.mark.parametrize("wrong", [None, 5, DB])
def test_the_provider_of_rows(wrong: Any) -> None:
    with refused(r"takes the result of `await coco\.mount_target\(sqlite\.table_target\(\.\.\.\)\)`, not"):
        sqlite.TableTarget(wrong, SCHEMA)


def running(tmp_path: Path, connection: Any, main: Any) -> None:
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    environment.context_provider.provide(DB, connection)
    try:
        coco.App(coco.AppConfig("app", environment=environment), main).update_blocking()
    finally:
        environment.close()


def test_what_is_provided_for_the_key(tmp_path: Path) -> None:
    async def main() -> None:
        await sqlite.mount_table_target(DB, "rows", SCHEMA)

    raw = sqlite3.connect(tmp_path / "rows.db")
    manager = sqlite.managed_connection(tmp_path / "rows.db")
    for wrong, kind in ((raw, "Connection"), (manager, "_GeneratorContextManager"), (str(tmp_path), "str")):
        said = rf"key 'wrong_kind/sqlite' is a {kind}; provide what sqlite\.connect\(\) makes.*provide_with"
        with pytest.raises(ContextTypeError, match=said):
            running(tmp_path, wrong, main)
    raw.close()


@pytest.mark.parametrize("wrong", [None, 5, "row", ["id"], Row, DB])
def test_a_row(tmp_path: Path, wrong: Any) -> None:
    async def main() -> None:
        table: Any = await sqlite.mount_table_target(DB, "rows", SCHEMA)
        table.declare_row(row=wrong)

    connection = sqlite.connect(tmp_path / "rows.db")
    with pytest.raises(SqliteRowError, match="the table 'rows'"):
        running(tmp_path, connection, main)
    connection.close()


@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        ({"table_name": None}, SqliteArgumentError, "table_name= of a SqliteTableSource is a str, not None"),
        ({"table_name": SCHEMA}, SqliteArgumentError, "table_name= of a SqliteTableSource is a str"),
        ({"columns": "id"}, SqliteSchemaError, "columns of the source 'rows' is a list of names, not 'id'"),
        ({"columns": 5}, SqliteSchemaError, "columns of the source 'rows' is a list of names, not 5"),
        ({"columns": [5]}, SqliteSchemaError, r"columns of the source 'rows' is a list of names, not \[5\]"),
        ({"columns": {"id": 1}}, SqliteSchemaError, "columns of the source 'rows' is a list of names"),
        ({"row_factory": "Row"}, SqliteArgumentError, "row_factory= of the source 'rows' is a sync function of a dict"),
        ({"row_factory": asynchronous}, SqliteArgumentError, "row_factory= of the source 'rows' is a sync function"),
    ],
)
def test_a_source(tmp_path: Path, options: dict[str, Any], kind: type[Exception], says: str) -> None:
    given: dict[str, Any] = {"table_name": "rows", **options}
    with sqlite.managed_connection(tmp_path / "rows.db") as connection, pytest.raises(kind, match=says):
        sqlite.SqliteTableSource(connection, **given)


@pytest.mark.parametrize("wrong", [None, "id", 5, ["id"], asynchronous])
def test_the_key_of_the_rows_of_a_source(tmp_path: Path, wrong: Any) -> None:
    with sqlite.managed_connection(tmp_path / "rows.db") as connection:
        rows = sqlite.SqliteTableSource(connection, table_name="rows").fetch_rows()
        with refused(r"items\(\) of the table 'rows' takes a sync function that gives the key of a row"):
            rows.items(wrong)

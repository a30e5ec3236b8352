"""A schema that no table can have is refused when it is made, with what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteSchemaError

TEXT = sqlite.ColumnDef("TEXT")


@pytest.mark.parametrize(
    ("columns", "primary_key", "message"),
    [
        ({}, ["a"], "needs one column or more"),
        (int, ["a"], r"a dict of ColumnDef by name, not <class 'int'>.*await TableSchema\.from_class"),
        ({"a": TEXT}, [], "primary_key is a list of one column name or more"),
        ({"a": TEXT}, "a", "primary_key is a list of one column name or more, not 'a'"),
        ({"a": TEXT}, ["b"], "column 'b' is not among the columns: 'a'"),
        ({"a": TEXT}, ["a", "a"], "names a column twice"),
        ({"a": TEXT, "A": TEXT}, ["a"], "'a' and 'A' are the same to SQLite, which ignores case"),
        ({"": TEXT}, [""], "not empty and has no NUL"),
        ({"a\0b": TEXT}, ["a\0b"], "not empty and has no NUL"),
        ({"a": "TEXT"}, ["a"], "described by a ColumnDef with a str type, not 'TEXT'"),
    ],
)
def test_schema(columns: Any, primary_key: Any, message: str) -> None:
    with pytest.raises(SqliteSchemaError, match=message) as raised:
        sqlite.TableSchema(columns, primary_key)
    assert isinstance(raised.value, ValueError)


def target(name: str, columns: dict[str, sqlite.ColumnDef], key: str = "id", **kwargs: Any) -> None:
    import cocoindex as coco

    db = coco.ContextKey[sqlite.ManagedConnection]("db")
    sqlite.table_target(db, name, sqlite.TableSchema(columns, [key]), **kwargs)


def test_type_that_sqlite_cannot_read() -> None:
    with pytest.raises(SqliteSchemaError, match=r"SQLite cannot make the table 'docs'.*syntax error"):
        target("docs", {"id": sqlite.ColumnDef("TEXT )(")})


def test_type_that_smuggles_in_a_statement() -> None:
    with pytest.raises(SqliteSchemaError, match=r"SQLite cannot make the table 'docs'.*one statement"):
        target("docs", {"id": sqlite.ColumnDef("TEXT); DROP TABLE docs; --")})


def test_type_that_smuggles_in_a_column() -> None:
    with pytest.raises(SqliteSchemaError, match="the type of a column of the table 'docs' is not valid"):
        target("docs", {"id": sqlite.ColumnDef("TEXT, extra TEXT")})


@pytest.mark.parametrize("name", ["", "sqlite_docs", "SQLite_docs", "a\0b"])
def test_table_name(name: str) -> None:
    with pytest.raises(SqliteSchemaError, match="the name of a table must not be empty"):
        target(name, {"id": TEXT})


def test_manager() -> None:
    with pytest.raises(SqliteSchemaError, match="managed by 'system' or 'user', not by 'nobody'"):
        target("docs", {"id": TEXT}, managed_by="nobody")


ID = sqlite.ColumnDef("INTEGER")
VECTOR = sqlite.ColumnDef("float[3]")


@pytest.mark.parametrize(
    ("columns", "definition", "message"),
    [
        ({"id": TEXT, "v": VECTOR}, {}, "exactly one INTEGER primary key column"),
        ({"id": ID, "t": TEXT}, {}, "needs a vector column, of the type float"),
        ({"id": ID, "v": VECTOR}, {"auxiliary_columns": ["w"]}, "no column 'w' to be its auxiliary column"),
        ({"id": ID, "v": VECTOR}, {"auxiliary_columns": ["v"]}, "'v' of .* is its vector column already"),
        ({"id": ID, "v": VECTOR}, {"partition_key_columns": ["id"]}, "'id' of .* is its primary key column already"),
        (
            {"id": ID, "v": VECTOR, "t": TEXT},
            {"partition_key_columns": ["t"], "auxiliary_columns": ["t"]},
            "'t' of .* is its partition key column already",
        ),
        ({"id": ID, "v": VECTOR, "b": sqlite.ColumnDef("BLOB")}, {}, "a metadata column is one of TEXT, INTEGER"),
        (
            {"id": ID, "v": VECTOR, "r": sqlite.ColumnDef("REAL")},
            {"partition_key_columns": ["r"]},
            "a partition key column is one of TEXT, INTEGER",
        ),
        ({"id": ID, "a b": VECTOR}, {}, "'a b' of .* needs another name"),
        ({"id": ID, "v": VECTOR, "Distance": TEXT}, {}, "'Distance' of .* needs another name"),
        ({"id": ID, "v": sqlite.ColumnDef("float[8193]")}, {}, "8193 dimensions; sqlite-vec takes 1 to 8192"),
        (
            {"id": ID, "v": VECTOR, **{f"t{i}": TEXT for i in range(17)}},
            {},
            "17 metadata columns; sqlite-vec allows 16",
        ),
    ],
)
def test_vec0(columns: dict[str, sqlite.ColumnDef], definition: dict[str, Any], message: str) -> None:
    with pytest.raises(SqliteSchemaError, match=message):
        target("docs", columns, virtual_table_def=sqlite.Vec0TableDef(**definition))


def test_vec0_key_of_two_columns() -> None:
    import cocoindex as coco

    db = coco.ContextKey[sqlite.ManagedConnection]("db")
    schema = sqlite.TableSchema[dict[str, Any]]({"id": ID, "n": ID, "v": VECTOR}, ["id", "n"])
    with pytest.raises(SqliteSchemaError, match="exactly one INTEGER primary key column"):
        sqlite.table_target(db, "docs", schema, virtual_table_def=sqlite.Vec0TableDef())


def test_every_vec0_limit_is_the_library_s(connection: sqlite.ManagedConnection) -> None:
    columns = {
        "id": ID,
        **{f"v{i}": VECTOR for i in range(16)},
        **{f"p{i}": TEXT for i in range(4)},
        **{f"a{i}": sqlite.ColumnDef("BLOB") for i in range(16)},
        **{f"m{i}": sqlite.ColumnDef("REAL") for i in range(16)},
    }
    from cocoindex.connectors.sqlite._statements import create_table
    from cocoindex.connectors.sqlite._table_record import record_of
    from cocoindex.connectors.sqlite._vec0_table_def import check_vec0

    schema = sqlite.TableSchema[dict[str, Any]](columns, ["id"])
    definition = sqlite.Vec0TableDef([f"p{i}" for i in range(4)], [f"a{i}" for i in range(16)])
    check_vec0("docs", schema, definition)
    with connection.transaction() as transaction:
        transaction.execute(create_table("docs", record_of(schema, "system", definition)))

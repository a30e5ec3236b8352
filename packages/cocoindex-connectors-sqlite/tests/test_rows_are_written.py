"""Rows are written in one transaction for all that come together, and the row that fails is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.sql import EncodedRow, RowAction, RowHandler
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite._statements import create_table
from cocoindex.connectors.sqlite._table_record import record_of
from cocoindex.connectors.sqlite._write_rows import TableWriter
from cocoindex.connectors.sqlite.errors import SqliteBusyError, SqliteExtensionError, SqliteRowError, SqliteTableError

from .row_sink import RowSink

SCHEMA = sqlite.TableSchema[Any]({"a": sqlite.ColumnDef("TEXT"), "id": sqlite.ColumnDef("INTEGER")}, ["id"])
RECORD = record_of(SCHEMA, "system", None)
VECTOR = b"\0\0\x80?\0\0\0@"


@pytest.fixture
def context(connection: sqlite.ManagedConnection) -> coco.ContextProvider:
    with connection.transaction() as transaction:
        for name in ("one", "two"):
            transaction.execute(create_table(name, RECORD))
    context = coco.ContextProvider()
    context.provide(coco.ContextKey("db"), connection)
    return context


def run(context: coco.ContextProvider, *statements: str) -> list[Any]:
    with context.get("db", sqlite.ManagedConnection).transaction() as transaction:
        return [transaction.execute(statement).fetchall() for statement in statements][-1]


def test_rows_of_several_tables_and_deletes(context: coco.ContextProvider) -> None:
    one, two = TableWriter("one", RECORD), TableWriter("two", RECORD)
    RowSink("db")(context, [RowAction(one, (), ("x", 1)), RowAction(two, (), ("y", 1)), RowAction(one, (), ("z", 2))])
    assert run(context, "SELECT * FROM one UNION ALL SELECT * FROM two") == [("x", 1), ("z", 2), ("y", 1)]
    RowSink("db")(context, [RowAction(one, (), ("xx", 1)), RowAction(one, (2,), None), RowAction(two, (9,), None)])
    assert run(context, "SELECT * FROM one") == [("xx", 1)]


def test_what_a_moved_row_leaves_is_free(context: coco.ContextProvider) -> None:
    run(context, "CREATE UNIQUE INDEX only ON one (a)", "INSERT INTO one VALUES ('x', 1)")
    one = TableWriter("one", RECORD)
    RowSink("db")(context, [RowAction(one, (), ("x", 2)), RowAction(one, (1,), None)])
    assert run(context, "SELECT * FROM one") == [("x", 2)]


def test_columns_that_others_added_are_kept(context: coco.ContextProvider) -> None:
    run(context, "ALTER TABLE one ADD COLUMN note", "INSERT INTO one VALUES ('x', 1, 'mine')")
    RowSink("db")(context, [RowAction(TableWriter("one", RECORD), (), ("y", 1))])
    assert run(context, "SELECT * FROM one") == [("y", 1, "mine")]


def test_table_of_keys_only(context: coco.ContextProvider) -> None:
    record = record_of(sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER")}, ["id"]), "system", None)
    run(context, create_table("keys", record))
    for _ in range(2):
        RowSink("db")(context, [RowAction(TableWriter("keys", record), (), (1,))])
    assert run(context, "SELECT * FROM keys") == [(1,)]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "CREATE UNIQUE INDEX only ON one (a)",
            r"row \(id=3\) of the table 'one': column 'a': UNIQUE constraint failed",
        ),
        (
            "CREATE TRIGGER no BEFORE INSERT ON one WHEN new.id = 3 BEGIN SELECT RAISE(ABORT, 'not three'); END",
            r"row \(id=3\) of the table 'one': not three",
        ),
        ("ALTER TABLE one ADD COLUMN b NOT NULL DEFAULT 1 CHECK (id <> 3)", r"row \(id=3\) of the table 'one': CHECK"),
    ],
)
def test_row_that_the_database_refuses(context: coco.ContextProvider, rule: str, message: str) -> None:
    run(context, rule)
    one, two = TableWriter("one", RECORD), TableWriter("two", RECORD)
    actions = [
        RowAction(two, (), ("x", 1)),
        *(RowAction(one, (), ("x" if i in (1, 3) else str(i), i)) for i in range(9)),
    ]
    with pytest.raises(SqliteRowError, match=message) as raised:
        RowSink("db")(context, actions)
    assert isinstance(raised.value.__cause__, sqlite.sqlite3.Error)
    assert run(context, "SELECT id FROM one UNION ALL SELECT id FROM two") == []


def test_value_that_the_key_does_not_take(context: coco.ContextProvider) -> None:
    with pytest.raises(SqliteRowError, match=r"row \(id='x'\) of the table 'one': .*mismatch"):
        RowSink("db")(context, [RowAction(TableWriter("one", RECORD), (), ("a", "x"))])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("DROP TABLE one", "writing rows of the table 'one' in .* no such table: one; run the update again"),
        ("ALTER TABLE one RENAME COLUMN a TO z", "no column named a; the table was altered in the meantime"),
    ],
)
def test_table_that_changed_meanwhile(context: coco.ContextProvider, spoil: str, message: str) -> None:
    run(context, spoil)
    with pytest.raises(SqliteTableError, match=message):
        RowSink("db")(context, [RowAction(TableWriter("one", RECORD), (), ("x", 1))])


def test_user_table_without_the_key(context: coco.ContextProvider) -> None:
    run(context, "CREATE TABLE three (a, id)")
    with pytest.raises(SqliteTableError, match="needs a PRIMARY KEY or UNIQUE constraint on exactly"):
        RowSink("db")(context, [RowAction(TableWriter("three", RECORD), (), ("x", 1))])


def test_user_vec0_table_that_was_declared_as_a_regular_one(context: coco.ContextProvider) -> None:
    run(context, "CREATE VIRTUAL TABLE v USING vec0(id INTEGER PRIMARY KEY, v float[2])")
    schema = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "v": sqlite.ColumnDef("float[2]")}, ["id"])
    with pytest.raises(SqliteTableError, match="not support upserts; declare it with virtual_table_def=Vec0TableDef"):
        RowSink("db")(context, [RowAction(TableWriter("v", record_of(schema, "user", None)), (), (1, VECTOR))])


def vec0(context: coco.ContextProvider) -> TableWriter:
    columns = {
        "id": sqlite.ColumnDef("INTEGER"),
        "v": sqlite.ColumnDef("float[2]"),
        "b": sqlite.ColumnDef("BOOLEAN"),
    }
    record = record_of(sqlite.TableSchema[Any](columns, ["id"]), "system", sqlite.Vec0TableDef())
    run(context, create_table("vectors", record))
    return TableWriter("vectors", record)


def test_vec0_rows_are_replaced(context: coco.ContextProvider) -> None:
    writer = vec0(context)
    for flag in (0, 1, 1):
        RowSink("db")(context, [RowAction(writer, (), (flag, 1, VECTOR)), RowAction(writer, (), (flag, 2, VECTOR))])
    RowSink("db")(context, [RowAction(writer, (2,), None), RowAction(writer, (9,), None)])
    assert run(context, "SELECT id, v, b FROM vectors") == [(1, VECTOR, 1)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((2, 3, VECTOR), r"row \(id=3\) of the table 'vectors': column 'b': Expected 0 or 1 for BOOLEAN"),
        ((0, 3, VECTOR + VECTOR), r"row \(id=3\) of the table 'vectors': .*Expected 2 dimensions but received 4"),
    ],
)
def test_row_that_vec0_refuses(context: coco.ContextProvider, row: tuple[Any, ...], message: str) -> None:
    writer = vec0(context)
    with pytest.raises(SqliteRowError, match=message):
        RowSink("db")(
            context, [RowAction(writer, (), (0, i, VECTOR)) if i != 3 else RowAction(writer, (), row) for i in range(5)]
        )
    assert run(context, "SELECT count(*) FROM vectors") == [(0,)]


def test_vec0_rows_without_the_extension(context: coco.ContextProvider, database: Path) -> None:
    writer = vec0(context)
    with sqlite.managed_connection(database, load_vec=False) as plain:
        other = coco.ContextProvider()
        other.provide(coco.ContextKey("db"), plain)
        with pytest.raises(SqliteExtensionError, match=r"writing rows of the table 'vectors' .* needs the sqlite-vec"):
            RowSink("db")(other, [RowAction(writer, (), (0, 1, VECTOR))])


def test_locked_database(context: coco.ContextProvider, database: Path) -> None:
    with (
        sqlite.managed_connection(database) as other,
        other.transaction(),
        pytest.raises(SqliteBusyError, match="another connection holds its lock"),
    ):
        RowSink("db")(context, [RowAction(TableWriter("one", RECORD), (), ("x", 1))])


def test_reconcile() -> None:
    handler = RowHandler("db", TableWriter("one", RECORD))
    wanted = EncodedRow(b"new", ("x", 1))
    assert handler.reconcile(1, wanted, [b"new"], False) is None
    assert handler.reconcile(1, wanted, [b"new", b"new"], False) is None
    assert handler.reconcile(1, coco.NON_EXISTENCE, [], False) is None
    for prev, may_be_missing in (
        ([], True),
        ([], False),
        ([b"old"], False),
        ([b"new", b"old"], False),
        ([b"new"], True),
    ):
        output = handler.reconcile(1, wanted, prev, may_be_missing)
        assert output is not None
        assert (output.action.values, output.tracking_record) == (("x", 1), b"new")
    for prev, may_be_missing in (([b"old"], False), ([], True)):
        output = handler.reconcile(1, coco.NON_EXISTENCE, prev, may_be_missing)
        assert output is not None
        assert (output.action.key, output.action.values) == ((1,), None)
        assert coco.is_non_existence(output.tracking_record)


def test_sinks_of_one_database_are_one() -> None:
    outputs = [
        RowHandler(db, TableWriter(table, RECORD)).reconcile(1, EncodedRow(b"", ()), [], True)
        for db, table in (("db", "one"), ("db", "two"), ("other", "one"))
    ]
    one, two, other = [output and output.sink for output in outputs]
    assert one is two is not other

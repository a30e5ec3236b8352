"""Tables are made, altered, rebuilt, checked, left and dropped, whatever is there before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest

import cocoindex as coco
from cocoindex.connectorkits.table_plan import new_mark
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite._database_identity import schema_version
from cocoindex.connectors.sqlite._inspect_table import inspect_table
from cocoindex.connectors.sqlite._table_record import TableRecord, record_of
from cocoindex.connectors.sqlite.errors import (
    SqliteBusyError,
    SqliteExtensionError,
    SqliteSchemaError,
    SqliteTableError,
)

from .table_handler import TableHandler, TableState, table_key

ID = sqlite.ColumnDef("INTEGER")
TEXT = sqlite.ColumnDef("TEXT")
BASE = {"id": ID, "a": TEXT}
VEC0 = sqlite.Vec0TableDef()


@dataclass
class Tables:
    """Does to tables what the engine would: reconciles against what it remembers, and applies the action.

    Attributes:
        keys: those of the rows that were declared.
    """

    connection: sqlite.ManagedConnection
    keys: list[int] = field(default_factory=list)
    records: list[TableRecord] = field(default_factory=list)
    invalidation: str | None = None

    def declare(
        self,
        columns: dict[str, sqlite.ColumnDef],
        key: str = "id",
        *,
        name: str = "docs",
        managed_by: Literal["system", "user"] = "system",
        vec0: sqlite.Vec0TableDef | None = None,
        looks: bool = True,
        may_be_missing: bool = False,
        adopt: bool = False,
    ) -> str | None:
        """The statement that made the table, afterwards."""
        record = replace(record_of(sqlite.TableSchema[Any](columns, [key]), managed_by, vec0), mark=new_mark())
        state = TableState(name, record, adopt)
        if looks:
            with self.connection.readonly() as reader:
                version = schema_version(self.connection, reader)
                state = replace(state, was_seen=True, seen=inspect_table(reader, name), schema_version=version)
        self.records = [self._reconcile(name, state, self.records, may_be_missing or not self.records)]
        return self.sql(name)

    def forget(self, name: str = "docs") -> str | None:
        self._reconcile(name, coco.NON_EXISTENCE, self.records, False)
        self.records = []
        return self.sql(name)

    def sql(self, name: str = "docs") -> str | None:
        with self.connection.readonly() as reader:
            table = inspect_table(reader, name)
        return None if table is None else table.sql

    def run(self, *statements: str) -> list[Any]:
        with self.connection.transaction() as transaction:
            return [transaction.execute(statement).fetchall() for statement in statements][-1]

    def _reconcile(self, name: str, state: Any, prev: Collection[TableRecord], may_be_missing: bool) -> Any:
        output = TableHandler().reconcile(table_key("db", name), state, prev, may_be_missing)
        assert output is not None
        self.invalidation = output.child_invalidation
        context = coco.ContextProvider()
        context.provide(coco.ContextKey("db"), self.connection)
        below = TableHandler().removal_handler(output.action)
        rows = [] if below is None else [below.reconcile(key, coco.NON_EXISTENCE, [b""], False) for key in self.keys]
        output.sink._fn(context, [*(row.action for row in rows), output.action])
        return output.tracking_record


@pytest.fixture
def tables(connection: sqlite.ManagedConnection) -> Tables:
    return Tables(connection)


MADE = 'CREATE TABLE "docs" ("id" INTEGER NOT NULL, "a" TEXT, PRIMARY KEY ("id"))'


def test_made_and_left_alone(tables: Tables, database: Path) -> None:
    assert tables.declare(BASE) == MADE
    before = database.read_bytes()
    assert tables.declare(BASE) == MADE
    assert tables.declare({"a": TEXT, "id": ID}) == MADE
    assert database.read_bytes() == before


def test_action_may_be_repeated(tables: Tables) -> None:
    for columns in (BASE, {**BASE, "b": TEXT}, BASE, {"id": ID, "a": ID}):
        records = tables.records
        tables.declare(columns)
        after = tables.sql()
        tables.records = [*records, tables.records[0]]  # as after a crash between the action and its commit
        tables.declare(columns, may_be_missing=not records)
        assert tables.sql() == after


def test_columns_change_in_place(tables: Tables) -> None:
    tables.declare(BASE)
    tables.run("INSERT INTO docs VALUES (1, 'x')")
    sql = tables.declare({**BASE, "b": TEXT})
    assert sql == 'CREATE TABLE "docs" ("id" INTEGER NOT NULL, "a" TEXT, "b" TEXT, PRIMARY KEY ("id"))'
    assert tables.run("SELECT * FROM docs") == [(1, "x", None)]
    tables.declare({"id": ID, "b": TEXT})
    assert tables.invalidation == "lossy"
    assert tables.run("SELECT * FROM docs") == [(1, None)]


@pytest.mark.parametrize("columns", [{"id": ID, "a": ID}, {**BASE, "b": sqlite.ColumnDef("TEXT", nullable=False)}])
def test_rebuilt(tables: Tables, columns: dict[str, sqlite.ColumnDef]) -> None:
    tables.declare(BASE)
    tables.run("INSERT INTO docs VALUES (1, 'x')")
    tables.keys = [1]
    tables.declare(columns)
    assert tables.invalidation == "destructive"
    assert tables.run("SELECT count(*) FROM docs") == [(0,)]
    assert tables.run("SELECT name FROM pragma_table_info('docs')") == [(name,) for name in columns]


def test_column_that_an_index_uses_is_named(tables: Tables) -> None:
    tables.declare(BASE)
    tables.run("CREATE INDEX by_a ON docs (a)")
    with pytest.raises(SqliteTableError, match=r"by_a.*; drop the index, view or trigger that uses the column"):
        tables.declare({"id": ID})
    assert tables.sql() == MADE


def test_dropped(tables: Tables) -> None:
    tables.declare(BASE)
    assert tables.forget() is None
    tables.records = [replace(record_of(sqlite.TableSchema[Any](BASE, ["id"]), "system", None), mark="m")]
    assert tables.forget() is None


def test_user_table_is_checked_and_left(tables: Tables) -> None:
    with pytest.raises(SqliteTableError, match=r"no table .docs. .* you create it yourself: CREATE TABLE .docs."):
        tables.declare(BASE, managed_by="user")
    tables.run("CREATE TABLE docs (id INT UNIQUE, z)")
    with pytest.raises(SqliteTableError, match="lacks the columns 'a'; with managed_by='user', add them yourself"):
        tables.declare(BASE, managed_by="user")
    tables.run("ALTER TABLE docs ADD COLUMN A BLOB")
    sql = tables.declare(BASE, managed_by="user")
    assert sql == tables.forget() == "CREATE TABLE docs (id INT UNIQUE, z, A BLOB)"


def test_table_that_may_be_a_users_is_not_dropped(tables: Tables) -> None:
    tables.declare(BASE)
    tables.records.append(record_of(sqlite.TableSchema[Any](BASE, ["id"]), "user", None))
    assert tables.forget() == MADE


def test_table_of_somebody_else_is_neither_altered_nor_dropped(tables: Tables) -> None:
    for sql in ("CREATE TABLE docs (id INTEGER NOT NULL PRIMARY KEY, z)", "CREATE VIEW docs AS SELECT 1"):
        tables.run(sql)
        with pytest.raises(
            SqliteTableError, match=r"not known to be created by this app, and is not as declared: .*'user'"
        ):
            tables.declare(BASE)
        assert tables.sql() == sql
        tables.run(f"DROP {sql.split()[1]} docs")


def test_table_of_somebody_else_that_fits_is_used_where_that_is_said(tables: Tables) -> None:
    tables.run(MADE, "INSERT INTO docs VALUES (1, 'x')")
    with pytest.raises(SqliteTableError, match=r"not known to be created by this app\. Drop .*, with adopt=True"):
        tables.declare(BASE)
    tables.declare(BASE, adopt=True)
    with pytest.raises(SqliteTableError, match="lacks the columns 'b'; as this app did not make it, add them"):
        tables.declare({**BASE, "b": TEXT}, adopt=True)
    assert tables.forget() == MADE
    assert tables.run("SELECT * FROM docs") == [(1, "x")]


def test_table_that_was_dropped_by_hand_is_made_anew(tables: Tables) -> None:
    tables.declare(BASE)
    tables.run("DROP TABLE docs")
    assert tables.declare(BASE) == MADE
    assert tables.invalidation == "destructive"


def test_table_that_was_dropped_unseen(tables: Tables) -> None:
    tables.declare(BASE)
    tables.run("DROP TABLE docs")
    with pytest.raises(SqliteTableError, match=r"'docs' is gone from .* with full_reprocess=True"):
        tables.declare(BASE, looks=False)
    assert tables.declare(BASE, looks=False, may_be_missing=True) == MADE


@pytest.mark.parametrize("change", ["ALTER TABLE docs DROP COLUMN a", "ALTER TABLE docs RENAME COLUMN a TO z"])
def test_table_that_was_altered_by_hand_is_mended(tables: Tables, change: str) -> None:
    tables.declare(BASE)
    tables.run(change)
    tables.declare(BASE)
    assert tables.invalidation == "lossy"
    columns = tables.run("""SELECT name, type, "notnull", pk FROM pragma_table_info('docs') WHERE name <> 'z'""")
    assert columns == [("id", "INTEGER", 1, 1), ("a", "TEXT", 0, 0)]


def test_table_that_was_made_anew_by_hand_in_the_same_shape_is_filled_and_left(tables: Tables) -> None:
    tables.declare(BASE)
    tables.run("DROP TABLE docs", MADE)
    tables.declare(BASE)
    assert tables.invalidation == "destructive"
    tables.declare(BASE)
    assert tables.invalidation is None
    assert tables.forget() == MADE


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE docs (id TEXT, a TEXT)",
        "CREATE TABLE docs (id INTEGER NOT NULL COLLATE NOCASE, a TEXT, PRIMARY KEY (id))",
        "CREATE TABLE docs (a TEXT)",
    ],
)
def test_table_that_was_made_anew_by_hand_in_another_shape_is_refused(tables: Tables, made: str) -> None:
    tables.declare(BASE)
    tables.run("DROP TABLE docs", made, "INSERT INTO docs (a) VALUES (1)" if "NOT NULL" not in made else "SELECT 1")
    with pytest.raises(
        (SqliteTableError, SqliteSchemaError), match=r"cannot be used: its key column|lacks the columns"
    ):
        tables.declare(BASE)
    assert tables.sql() == made


def test_table_that_was_made_anew_unseen(tables: Tables) -> None:
    tables.declare(BASE)
    tables.run("DROP TABLE docs", "CREATE TABLE docs (id INTEGER, a TEXT)")
    with pytest.raises(SqliteTableError, match=r"not known to be created by this app, .* its column 'id' is INT"):
        tables.declare(BASE, looks=False)


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ("ALTER TABLE docs ADD COLUMN note TEXT", "the column 'note'"),
        ("CREATE INDEX mine ON docs (a)", "the index 'mine'"),
        ("CREATE TRIGGER mine AFTER INSERT ON docs BEGIN SELECT 1; END", "the trigger 'mine'"),
    ],
)
def test_what_others_added_keeps_a_table_from_being_made_anew(tables: Tables, extra: str, named: str) -> None:
    tables.declare(BASE)
    tables.run("INSERT INTO docs VALUES (1, 'x')", extra)
    tables.keys = [1]
    with pytest.raises(SqliteTableError, match=f"would lose what others added: {named}. Drop these"):
        tables.declare({**BASE, "b": sqlite.ColumnDef("TEXT", nullable=False)})
    assert tables.run("SELECT id, a FROM docs") == [(1, "x")]
    tables.declare({**BASE, "b": TEXT})
    assert tables.invalidation == "lossy"


def test_columns_that_others_added_stay(tables: Tables) -> None:
    tables.declare(BASE)
    tables.run("ALTER TABLE docs ADD COLUMN note TEXT", "INSERT INTO docs VALUES (1, 'x', 'mine')")
    tables.declare({**BASE, "b": TEXT})
    tables.declare(BASE)
    assert tables.run("SELECT * FROM docs") == [(1, "x", "mine")]


def test_vec0(tables: Tables) -> None:
    columns = {**BASE, "v": sqlite.ColumnDef("float[3]"), "r": sqlite.ColumnDef("REAL"), "p": TEXT}
    sql = tables.declare(columns, vec0=sqlite.Vec0TableDef(["p"], ["a"]))
    assert tables.sql() == (
        'CREATE VIRTUAL TABLE "docs" USING vec0('
        "id INTEGER PRIMARY KEY, +a TEXT, v float[3], r FLOAT, p TEXT PARTITION KEY)"
    )
    assert tables.declare(columns, vec0=sqlite.Vec0TableDef(["p"], ["a"])) == sql
    assert tables.invalidation is None
    assert tables.declare(columns) != sql  # a regular table takes its place
    assert tables.invalidation == "destructive"
    tables.declare(columns, vec0=VEC0)
    assert tables.invalidation == "destructive"
    assert tables.forget() is None
    assert tables.run("SELECT count(*) FROM sqlite_master WHERE name LIKE 'docs%'") == [(0,)]


def test_vec0_without_its_extension(tables: Tables, database: Path) -> None:
    columns = {"id": ID, "v": sqlite.ColumnDef("float[3]")}
    with sqlite.managed_connection(database, load_vec=False) as connection:
        plain = Tables(connection)
        with pytest.raises(
            SqliteExtensionError, match=r"creating or altering the table 'docs' in .* needs the sqlite-vec extension"
        ):
            plain.declare(columns, vec0=VEC0)
        tables.declare(columns, vec0=VEC0)
        plain.records = tables.records
        with pytest.raises(SqliteExtensionError, match=r"dropping the table 'docs' .*load_vec=True"):
            plain.forget()
    tables.forget()


def test_names_that_differ_in_case_are_one_table(tables: Tables) -> None:
    tables.declare(BASE, name="Docs")
    assert table_key("db", "DOCS") == table_key("db", "docs") != table_key("db", "dócs")
    assert tables.declare(BASE, name="docs") == MADE.replace("docs", "Docs")
    assert tables.invalidation is None


def test_locked_database(tables: Tables, database: Path) -> None:
    with (
        sqlite.managed_connection(database) as other,
        other.transaction(),
        pytest.raises(SqliteBusyError, match="another connection holds its lock"),
    ):
        tables.declare(BASE)


def test_readonly_database(database: Path) -> None:
    sqlite.connect(database).close()
    with (
        sqlite.managed_connection(f"file:{database}?mode=ro", uri=True) as connection,
        pytest.raises(SqliteTableError, match="readonly database; make the file and its folder writable"),
    ):
        Tables(connection).declare(BASE)

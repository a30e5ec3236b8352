"""Keys that DuckDB calls equal are one row, and a key deletes no row but its own: for every type of a key."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.errors import SqlRowError, SqlSchemaError, TargetStateError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
D = decimal.Decimal
MOMENT = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
ZONE = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


@coco.fn
async def put(key: Any, table: duckdb.TableTarget[Any]) -> None:
    table.declare_row(row={"k": key, "v": "x"})


def schema(kind: str) -> duckdb.TableSchema[Any]:
    return duckdb.TableSchema[Any]({"k": duckdb.ColumnDef(kind), "v": duckdb.ColumnDef("VARCHAR")}, ["k"])


@coco.fn
async def main(kind: str, keys: Sequence[Any], managed_by: Any = "system") -> None:
    table = await duckdb.mount_table_target(DB, "docs", schema(kind), managed_by=managed_by)
    for key in keys:
        await coco.mount(coco.component_subpath(repr(key)), put, key, table)


@coco.fn
async def main_in_one(kind: str, keys: Sequence[Any]) -> None:
    table = await duckdb.mount_table_target(DB, "docs", schema(kind))
    for key in keys:
        table.declare_row(row={"k": key, "v": "x"})


U = "00000000-0000-0000-0000-00000000000a"
SPELLINGS: list[tuple[str, Any, Any]] = [
    ("DECIMAL(10, 2)", D("1.50"), 1.5),
    ("DECIMAL(10, 2)", D("1E+3"), 1000),
    ("DECIMAL(10, 2)", D("0.00"), D("-0.0")),
    ("DOUBLE", 1, 1.0),
    ("DOUBLE", 0.0, -0.0),
    ("DOUBLE", float("nan"), -float("nan")),
    ("FLOAT", 0.1, 0.10000000149011612),
    ("INTEGER", True, 1),
    ("BLOB", b"a", bytearray(b"a")),
    ("UUID", uuid.UUID(U), U.upper()),
    ("TIMESTAMPTZ", MOMENT, MOMENT.astimezone(ZONE)),
]


@pytest.mark.parametrize(("kind", "first", "second"), SPELLINGS)
def test_another_spelling_is_the_same_row(project: Project, kind: str, first: Any, second: Any) -> None:
    counts = []
    for keys in ([first], [second], [second], [first], []):
        project.update(main, kind, keys)
        assert project.failures == []
        counts += project.query("SELECT count(*) FROM docs")
    assert counts == [(1,), (1,), (1,), (1,), (0,)]


@pytest.mark.parametrize(("kind", "first", "second"), SPELLINGS)
def test_two_spellings_in_one_component_are_refused(project: Project, kind: str, first: Any, second: Any) -> None:
    with pytest.raises(TargetStateError, match=r"twice|already"):
        project.update(main_in_one, kind, [first, second])


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("DECIMAL(10, 2)", 1, "1.0"),
        ("DECIMAL(10, 2)", D("0.1"), D("0.101")),
        ("DOUBLE", 2.0**53, 2**53 + 1),
        ("FLOAT", 1.0, 1e300),
        ("INTEGER", 1, 1.0),
        ("INTEGER", 1, "1"),
        ("INTEGER", 1, 2**31),
        ("VARCHAR", "1", 1),
        ("BLOB", b"1", "1"),
        ("BOOLEAN", True, 1),
        ("UUID", U, "x"),
        ("DATE", MOMENT.date(), MOMENT),
        ("TIMESTAMP", MOMENT.replace(tzinfo=None), MOMENT),
        ("TIMESTAMPTZ", MOMENT, MOMENT.replace(tzinfo=None)),
        ("TIMESTAMP_S", MOMENT.replace(tzinfo=None), MOMENT.replace(tzinfo=None, microsecond=1)),
        ("ENUM('a', 'b')", "a", "c"),
        ("VARCHAR", "a", "\ud800"),
    ],
)
def test_a_key_that_would_become_another_is_refused_and_takes_no_row_with_it(
    project: Project, kind: str, good: Any, bad: Any
) -> None:
    for keys in ([good, bad], [good], [good]):
        project.update(main, kind, keys)
        assert project.query("SELECT count(*) FROM docs") == [(1,)]
    project.update(main, kind, [good, bad])
    (failure,) = project.failures
    assert isinstance(failure, SqlRowError)
    assert "column 'k'" in str(failure)


@pytest.mark.parametrize(("made", "declared"), [("k VARCHAR COLLATE NOCASE", "VARCHAR"), ("k INTEGER", "BIGINT")])
def test_a_users_key_column_of_another_kind_is_refused(project: Project, made: str, declared: str) -> None:
    project.run(f"CREATE TABLE docs ({made} PRIMARY KEY, v VARCHAR)")
    with pytest.raises(SqlSchemaError, match="its key column 'k' is"):
        project.update(main, declared, [], "user")


def test_a_users_table_may_name_types_in_other_words(project: Project) -> None:
    project.run("CREATE TABLE docs (k INT8 PRIMARY KEY, v TEXT)")
    for keys in ([1, 2], [2], []):
        project.update(main, "LONG", keys, "user")
        assert project.failures == []
        assert project.query("SELECT k FROM docs ORDER BY 1") == [(key,) for key in keys]


def test_a_default_collation_makes_no_keys_equal(project: Project) -> None:
    project.run("CREATE TABLE docs (k VARCHAR PRIMARY KEY, v VARCHAR)", "INSERT INTO docs VALUES ('A', 'theirs')")
    project.run("SET GLOBAL default_collation = 'nocase'")
    for keys in (["a", "b", "B"], ["B"], []):
        project.update(main, "VARCHAR", keys, "user")
        assert project.failures == []
        assert project.query("SELECT k FROM docs WHERE v = 'theirs'") == [("A",)]
        assert {k for (k,) in project.query("SELECT k FROM docs")} == {"A", *keys}

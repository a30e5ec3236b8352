"""Keys that SQLite calls equal are one row, and a key deletes no row but its own: for every type of a key."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteRowError, SqliteSchemaError
from cocoindex.errors import TargetStateError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")
D = decimal.Decimal


@coco.fn
async def put(key: Any, table: sqlite.TableTarget[Any]) -> None:
    table.declare_row(row={"k": key, "v": "x"})


def schema(kind: str) -> sqlite.TableSchema[Any]:
    return sqlite.TableSchema[Any]({"k": sqlite.ColumnDef(kind), "v": sqlite.ColumnDef("TEXT")}, ["k"])


@coco.fn
async def main(kind: str, keys: Sequence[Any], managed_by: Any = "system") -> None:
    table = await sqlite.mount_table_target(DB, "docs", schema(kind), managed_by=managed_by)
    for key in keys:
        await coco.mount(coco.component_subpath(repr(key)), put, key, table)


@coco.fn
async def main_in_one(kind: str, keys: Sequence[Any]) -> None:
    table = await sqlite.mount_table_target(DB, "docs", schema(kind))
    for key in keys:
        table.declare_row(row={"k": key, "v": "x"})


SPELLINGS: list[tuple[str, Any, Any]] = [
    ("NUMERIC", 1, 1.0),
    ("NUMERIC", D("1.50"), 1.5),
    ("NUMERIC", D("2.0"), 2),
    ("DECIMAL(10, 2)", D("1E+3"), 1000),
    ("REAL", 1, 1.0),
    ("REAL", 0.0, -0.0),
    ("INTEGER", True, 1),
    ("TEXT", 1, "1"),
    ("TEXT COLLATE NOCASE", "Abc", "aBC"),
    ('TEXT COLLATE "nocase"', "É", "É"),
    ("TEXT COLLATE RTRIM", "abc", "abc  "),
    ("BLOB", b"a", bytearray(b"a")),
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
        ("NUMERIC", 1, "1.0"),
        ("NUMERIC", 1, " 1e0 "),
        ("DATE", "2024-01-01", "20240101"),
        ("NUMERIC", 0.1, D("0.1000000000000000055511151231257828")),
        ("NUMERIC", 10**18, D("1000000000000000000.1")),
        ("REAL", 2.0**53, 2**53 + 1),
        ("INTEGER", 1, 1.0),
        ("INTEGER", 1, "1"),
        ("BLOB", b"1", "1"),
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
    assert isinstance(failure, SqliteRowError)
    assert "column 'k'" in str(failure)


def test_a_row_of_a_key_in_another_spelling_holds_the_one_that_was_declared(project: Project) -> None:
    project.update(main, "TEXT COLLATE NOCASE", ["Abc"])
    project.update(main, "TEXT COLLATE NOCASE", ["aBC"])
    assert project.query("SELECT k FROM docs") == [("aBC",)]


def test_a_collation_of_somebody_elses_is_refused(project: Project) -> None:
    with pytest.raises(SqliteSchemaError, match="no such collation sequence: localized"):
        project.update(main, "TEXT COLLATE localized", [])


@pytest.mark.parametrize("made", ["k TEXT COLLATE NOCASE", "k TEXT COLLATE RTRIM", "k NUMERIC", "k INT"])
def test_a_users_key_column_of_another_kind_than_declared_is_refused(project: Project, made: str) -> None:
    project.run(f"CREATE TABLE docs ({made} PRIMARY KEY, v TEXT)")
    with pytest.raises(SqliteSchemaError, match="its key column 'k'"):
        project.update(main, "TEXT", [], "user")
    project.update(main, made.removeprefix("k").strip(), [], "user")


@pytest.mark.parametrize("made", ["k PRIMARY KEY", "k VARCHAR(5) PRIMARY KEY", "k BLOB UNIQUE"])
def test_a_users_key_column_that_stores_values_alike_is_used(project: Project, made: str) -> None:
    project.run(f"CREATE TABLE docs ({made}, v TEXT)")
    for keys in (["1", "a"], ["a"], []):
        project.update(main, "TEXT", keys, "user")
        assert project.failures == []
        assert project.query("SELECT k FROM docs ORDER BY 1") == [(key,) for key in keys]


near = st.integers(-4, 4)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "INTEGER": near | st.booleans(),
    "REAL": near | near.map(lambda n: n / 2) | st.just(float("inf")),
    "NUMERIC": near | near.map(lambda n: n / 2) | near.map(lambda n: D(n) / 4) | st.text("ab1. ", max_size=3),
    "TEXT": near | st.text("aAb ", max_size=3),
    "TEXT COLLATE NOCASE": st.text("aAéÉ ", max_size=3),
    "TEXT COLLATE RTRIM": st.text("aA ", max_size=3),
    "BLOB": st.binary(max_size=1),
    "": st.binary(max_size=1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_keys_are_equal_where_sqlite_says_so(project: Project, kind: str) -> None:
    def check(keys: list[Any]) -> None:
        project.update(main, kind, keys)
        refused = {str(failure).partition("(k=")[2].partition(") of the table")[0] for failure in project.failures}
        with sqlite.managed_connection(":memory:") as plain, plain.transaction() as raw:
            raw.execute(f"CREATE TABLE plain (k {kind} PRIMARY KEY)")
            for key in keys:
                if repr(key) not in refused:
                    value = float(key) if isinstance(key, D) else key
                    raw.execute("INSERT INTO plain VALUES (?) ON CONFLICT DO NOTHING", [value])
            for (found,) in project.query("SELECT k FROM docs"):
                raw.execute("DELETE FROM plain WHERE k = ?", [found])
            assert raw.execute("SELECT count(*) FROM plain").fetchone() == (0,)
        assert len(project.query("SELECT k FROM docs")) <= len(keys) - len(refused)

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(KINDS[kind], min_size=1, max_size=12, unique_by=repr), st.data())
    def holds(keys: list[Any], data: st.DataObject) -> None:
        check(keys)
        check(data.draw(st.lists(st.sampled_from(keys), max_size=6, unique_by=repr)))
        check([])
        assert project.query("SELECT count(*) FROM docs") == [(0,)]

    holds()

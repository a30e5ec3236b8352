"""Values of all kinds come back from the database as they were declared, few rows or many."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres import ColumnDef
from cocoindex.errors import TargetStateError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
BERLIN = datetime.timezone(datetime.timedelta(hours=1))
DAYS = Range(datetime.date(2024, 1, 1), datetime.date(2024, 2, 1))


class Kind(enum.Enum):
    A = "a"


class Number(enum.IntEnum):
    ONE = 1


@dataclass
class Nested:
    x: int
    at: datetime.date


@coco.fn
async def main(column: ColumnDef, value: Any, count: int) -> None:
    schema = postgres.TableSchema[Any]({"id": ColumnDef("integer"), "value": column}, ["id"])
    table = await postgres.mount_table_target(DB, "docs", schema)
    for id in range(count):
        table.declare_row(row={"id": id, "value": value})


CASES: list[tuple[str, Any, Any]] = [
    ("boolean", True, True),
    ("boolean", np.bool_(False), False),
    ("smallint", -(2**15), -(2**15)),
    ("integer", Number.ONE, 1),
    ("bigint", 2**63 - 1, 2**63 - 1),
    ("int8", np.int64(5), 5),
    ("real", 0.5, 0.5),
    ("double precision", float("inf"), float("inf")),
    ("double precision", 3, 3.0),
    ("float8", np.float32(0.5), 0.5),
    ("numeric", decimal.Decimal("1.20"), decimal.Decimal("1.20")),
    ("numeric(6, 1)", 1.25, decimal.Decimal("1.3")),
    ("text", "Hello\0World \\ \t\n\r é 😀 \\N \\x", "HelloWorld \\ \t\n\r é 😀 \\N \\x"),
    ("text", "", ""),
    ("text", Kind.A, "a"),
    ("text", pathlib.PurePosixPath("a/b"), "a/b"),
    ("varchar(4)", "abcd", "abcd"),
    ("char(3)", "ab", "ab "),
    ("bytea", b"\0\xff", b"\0\xff"),
    ("bytea", memoryview(b"x"), b"x"),
    ("uuid", uuid.UUID(int=5), uuid.UUID(int=5)),
    ("uuid", str(uuid.UUID(int=5)), uuid.UUID(int=5)),
    ("date", datetime.date(2024, 2, 29), datetime.date(2024, 2, 29)),
    ("time", datetime.time(1, 2, 3, 4), datetime.time(1, 2, 3, 4)),
    ("timetz", datetime.time(1, 2, tzinfo=BERLIN), datetime.time(1, 2, tzinfo=BERLIN)),
    ("timestamp", datetime.datetime(2024, 1, 2, 3), datetime.datetime(2024, 1, 2, 3)),
    (
        "timestamp with time zone",
        datetime.datetime(2024, 1, 2, 3, tzinfo=BERLIN),
        datetime.datetime(2024, 1, 2, 2, tzinfo=datetime.UTC),
    ),
    ("interval", datetime.timedelta(days=-3, microseconds=5), datetime.timedelta(days=-3, microseconds=5)),
    ("jsonb", {"a\0": ["x\0y", {"n": Nested(1, datetime.date(2024, 1, 1))}]}, None),
    ("jsonb", '{"ready": [1]}', {"ready": [1]}),
    ("json", [1, {"b": {2, 1}}], [1, {"b": [1, 2]}]),
    ("jsonb", {1: np.float32(0.5), "u": uuid.UUID(int=1)}, {"1": 0.5, "u": str(uuid.UUID(int=1))}),
    ("vector(2)", np.array([1, 2.5]), "[1,2.5]"),
    ("vector(2)", [1, 2.5], "[1,2.5]"),
    ("vector(2)", "[1, 2.5]", "[1,2.5]"),
    ("vector", np.array([1, 2, 3], dtype=np.int8), "[1,2,3]"),
    ("halfvec(2)", np.array([1, 2.5], dtype=np.float16), "[1,2.5]"),
    ("halfvec(2)", (1, 2.5), "[1,2.5]"),
    ("sparsevec(3)", "{1:2.5}/3", "{1:2.5}/3"),
    ("text[]", ["a", 'b"{}', None], ["a", 'b"{}', None]),
    ("integer[][]", [[1, 2], [3, 4]], [[1, 2], [3, 4]]),
    ("integer[]", (1, Number.ONE, None), [1, 1, None]),
    ("integer[]", np.array([[1], [2]]), [[1], [2]]),
    ("text[]", [Kind.A, "b\0"], ["a", "b"]),
    ("bytea[]", [b"it's", bytearray(b"\\x41"), None, memoryview(b"'")], [b"it's", b"\\x41", None, b"'"]),
    (
        "jsonb[]",
        [{"a": [1]}, None, Nested(1, datetime.date(2024, 1, 1))],
        [{"a": [1]}, None, {"x": 1, "at": "2024-01-01"}],
    ),
    ("timestamp[]", [datetime.datetime(2024, 1, 1), None], [datetime.datetime(2024, 1, 1), None]),
    ("double precision[]", [1, 2.5, float("inf")], [1.0, 2.5, float("inf")]),
    ("numeric[]", [1, decimal.Decimal("2.50"), 0.5], [1, decimal.Decimal("2.50"), decimal.Decimal("0.5")]),
    ("boolean[]", [True, False, None], [True, False, None]),
    ("interval[]", [datetime.timedelta(1), "1 day"], [datetime.timedelta(1), datetime.timedelta(1)]),
    ("date[]", [datetime.date(2024, 1, 1), "2024-01-02"], [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)]),
    ("numrange", Range(1, decimal.Decimal("2.5")), Range(decimal.Decimal(1), decimal.Decimal("2.5"))),
    ("daterange", Range("2024-01-01", datetime.date(2024, 2, 1)), DAYS),
    ("daterange[]", [DAYS, Range(empty=True), None], [DAYS, Range(empty=True), None]),
    ("datemultirange", Multirange([DAYS]), Multirange([DAYS])),
    ("inet", "10.0.0.1", None),
    ("int4range", "[1,5)", None),
    ("tsvector", "a fat cat", "'a' 'cat' 'fat'"),
    ("text", None, None),
    ("jsonb", None, None),
]


@pytest.mark.parametrize("count", [1, 60])
def test_values(project: Project, count: int) -> None:
    for at, (kind, value, expected) in enumerate(CASES):
        project.update(main, ColumnDef(kind), value, count)
        assert project.failures == [], (at, kind, value)
        rows = project.query("SELECT value FROM docs")
        assert len(rows) == count
        if expected is not None or value is None:
            assert rows[0][0] == expected, (kind, value)
        assert len(set(map(repr, rows))) == 1


def test_nested_json_without_nul(project: Project) -> None:
    project.update(main, ColumnDef("jsonb"), {"a\0": ["x\0y\\u0000", {"n": Nested(1, datetime.date(2024, 1, 1))}]}, 1)
    assert project.query("SELECT value FROM docs") == [({"a": ["xy\\u0000", {"n": {"x": 1, "at": "2024-01-01"}}]},)]


def test_encoders(project: Project) -> None:
    project.update(main, ColumnDef("text", encoder=lambda value: value.upper()), "abc", 1)
    assert project.query("SELECT value FROM docs") == [("ABC",)]
    project.update(main, ColumnDef("text", encoder=lambda value: None), "abc", 1)
    assert project.query("SELECT value FROM docs") == [(None,)]


KEYS: list[tuple[str, list[Any]]] = [
    ("bigint", [1, -2, Number.ONE + 5]),
    ("text", ["a", "b\\", "", "'; DROP TABLE docs; --"]),
    ("bytea", [b"\0", b"", b"\\x41"]),
    ("boolean", [True, False]),
    ("uuid", [uuid.UUID(int=1), str(uuid.UUID(int=2))]),
    ("double precision", [0.1, -0.0, 1e300]),
    ("real", [0.1, 2]),
    ("numeric", [decimal.Decimal("1.10"), decimal.Decimal("1E+3"), 7]),
    ("date", [datetime.date(2024, 1, 1)]),
    ("timestamptz", [datetime.datetime(2024, 1, 1, tzinfo=BERLIN)]),
    ("timestamp(0)", [datetime.datetime(2024, 1, 1, 5, 5, 5)]),
    ("interval", [datetime.timedelta(days=1, seconds=-1)]),
    ("jsonb", [{"a": [1]}, [2]]),
    ("char(5)", ["ab"]),
]


@coco.fn
async def main_keys(kind: str, keys: list[Any]) -> None:
    columns = {"k": ColumnDef(kind), "second": ColumnDef("text"), "v": ColumnDef("integer")}
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, ["second", "k"]))
    for at, key in enumerate(keys):
        table.declare_row(row={"k": key, "second": "s", "v": at})


@pytest.mark.parametrize(("kind", "keys"), KEYS)
def test_rows_are_deleted_by_any_kind_of_key(project: Project, kind: str, keys: list[Any]) -> None:
    project.update(main_keys, kind, keys)
    assert project.query("SELECT count(*) FROM docs") == [(len(keys),)]
    before = project.versions("docs")
    project.update(main_keys, kind, keys)
    assert project.versions("docs") == before
    project.update(main_keys, kind, [])
    assert project.query("SELECT count(*) FROM docs") == [(0,)]
    assert project.failures == []


def test_many_rows_are_deleted_at_once(project: Project) -> None:
    keys = ["a\\b", "tab\t", "\\N", "new\nline", *map(str, range(100))]
    project.update(main_keys, "text", keys)
    project.update(main_keys, "text", keys[-1:])
    assert project.query("SELECT k FROM docs") == [("99",)]


def test_equal_keys_of_one_component_are_one_row(project: Project) -> None:
    same = [decimal.Decimal("1.0"), decimal.Decimal("1.00")]
    with pytest.raises(TargetStateError, match=r"twice|already"):
        project.update(main_keys, "numeric", same)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("boolean", 1, "the type boolean takes bool"),
        ("integer", 1.5, "the type integer takes int"),
        ("integer", "1", "the type integer takes int"),
        ("double precision", "1", "the type double precision takes float or int"),
        ("real", 1e39, "does not fit into the type real"),
        ("text", 5, "the type text takes str"),
        ("bytea", "x", "the type bytea takes bytes"),
        ("uuid", "x", "badly formed hexadecimal UUID"),
        ("timestamp", datetime.datetime(2024, 1, 1, tzinfo=BERLIN), "has a time zone, which the type timestamp would"),
        (
            "timestamp[]",
            [datetime.datetime(2024, 1, 1, tzinfo=BERLIN)],
            "has a time zone, which the type timestamp would",
        ),
        (
            "tsrange",
            Range(None, datetime.datetime(2024, 1, 1, tzinfo=BERLIN)),
            "has a time zone, which the type tsrange would lose; declare the column as tstzrange",
        ),
        ("text[]", {"a"}, "the type text\\[\\] takes a list"),
        ("vector(2)", [[1, 2]], "the array has the shape"),
        ("vector(2)", ["a", "b"], "its elements are"),
        ("vector(2)", 5, "a vector is a numpy array or a list of numbers, not a int"),
        ("jsonb", object(), "a object cannot be represented in JSON"),
        ("jsonb", [float("nan")], "JSON has no NaN or infinity"),
        ("inet", object(), "cannot adapt type"),
    ],
)
def test_values_that_do_not_fit(project: Project, kind: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"column 'value': .*{message}"):
        project.update(main, ColumnDef(kind), value, 1)

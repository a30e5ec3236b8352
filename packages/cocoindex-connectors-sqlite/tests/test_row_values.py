"""What is stored for a value, and the one error for a row that cannot be stored."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite._row_encoder import RowEncoder
from cocoindex.connectors.sqlite._table_record import record_of
from cocoindex.connectors.sqlite.errors import SqliteRowError


def encoder(columns: dict[str, sqlite.ColumnDef], *key: str, vec0: sqlite.Vec0TableDef | None = None) -> RowEncoder:
    schema = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), **columns}, [*key] or ["id"])
    return RowEncoder("docs", schema, record_of(schema, "system", vec0))


def stored(sqlite_type: str, value: Any, **kwargs: Any) -> Any:
    _, row = encoder({"value": sqlite.ColumnDef(sqlite_type, **kwargs)}).encode({"id": 1, "value": value})
    return row.values[1]


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Word(str):
    pass


@dataclass
class Inner:
    day: datetime.date
    size: int


class Named(NamedTuple):
    id: int
    name: str


UTC = datetime.UTC


@pytest.mark.parametrize(
    ("sqlite_type", "value", "expected"),
    [
        ("INTEGER", True, 1),
        ("INTEGER", -(2**63), -(2**63)),
        ("INTEGER", 2**63 - 1, 2**63 - 1),
        ("INTEGER", Level.LOW, 1),
        ("INTEGER", np.int32(7), 7),
        ("REAL", 3, 3.0),
        ("REAL", 1.5, 1.5),
        ("REAL", np.float32(0.5), 0.5),
        ("REAL", math.inf, math.inf),
        ("REAL", datetime.timedelta(minutes=1, milliseconds=500), 60.5),
        ("TEXT", "", ""),
        ("TEXT", "a\0b", "a\0b"),
        ("TEXT", Word("word"), "word"),
        ("TEXT", Color.RED, "red"),
        ("TEXT", decimal.Decimal("1.50"), "1.50"),
        ("TEXT", uuid.UUID(int=3), "00000000-0000-0000-0000-000000000003"),
        ("TEXT", datetime.date(2025, 1, 2), "2025-01-02"),
        ("TEXT", datetime.time(3, 4, 5, 6), "03:04:05.000006"),
        ("TEXT", datetime.datetime(2025, 1, 2, 3, tzinfo=UTC), "2025-01-02T03:00:00+00:00"),
        ("TEXT", [1, "é"], '[1,"é"]'),
        ("TEXT", {"b": 1, "a": {2, 1}}, '{"a":[1,2],"b":1}'),
        ("TEXT", (1, None), "[1,null]"),
        ("TEXT", Inner(datetime.date(2025, 1, 2), 3), '{"day":"2025-01-02","size":3}'),
        ("TEXT", [np.arange(2), decimal.Decimal("0.1")], '[[0,1],"0.1"]'),
        ("BLOB", b"\0\xff", b"\0\xff"),
        ("BLOB", bytearray(b"ab"), b"ab"),
        ("BLOB", memoryview(b"ab"), b"ab"),
        ("BLOB", np.array([1, 2], np.float32), b"\0\0\x80?\0\0\0@"),
        ("float[2]", np.array([1, 2], np.float32), b"\0\0\x80?\0\0\0@"),
        ("float[2]", np.array([1, 2], np.float64), b"\0\0\x80?\0\0\0@"),
        ("float[2]", np.array([1, 2], np.int8), b"\0\0\x80?\0\0\0@"),
        ("float[2]", np.array([1, 9, 2, 9], np.float32)[::2], b"\0\0\x80?\0\0\0@"),
        ("float[2]", np.array([1, 2], ">f4"), b"\0\0\x80?\0\0\0@"),
        ("FLOAT [ 2 ]", [1, 2.0], b"\0\0\x80?\0\0\0@"),
        ("float[2]", b"\0\0\x80?\0\0\0@", b"\0\0\x80?\0\0\0@"),
        ("", 1, 1),
        ("NUMERIC", "x", "x"),
        ("TEXT", None, None),
        ("float[2]", None, None),
    ],
)
def test_stored(sqlite_type: str, value: Any, expected: Any) -> None:
    got = stored(sqlite_type, value)
    assert got == expected
    assert type(got) is type(expected)


def test_own_encoder() -> None:
    assert stored("TEXT", {"a": 1}, encoder=lambda value: sorted(value)) == '["a"]'
    assert stored("TEXT", None, encoder=lambda value: 1 / 0) is None
    assert stored("BLOB", [1.0, 2.0], is_vector=True) == b"\0\0\x80?\0\0\0@"


NAN = math.nan


@pytest.mark.parametrize(
    ("sqlite_type", "value", "message"),
    [
        ("INTEGER", 2**63, "9223372036854775808 does not fit into the 64 bits of a SQLite INTEGER; store it as TEXT"),
        ("REAL", NAN, "the value is NaN, which SQLite would store as NULL; use None if you mean NULL"),
        ("TEXT", np.float32(NAN), "the value is NaN"),
        ("TEXT", "a\ud800", "surrogates not allowed"),
        ("TEXT", object(), "a object cannot be stored in SQLite; give the column an encoder"),
        ("TEXT", [object()], "a object cannot be represented in JSON"),
        ("TEXT", 1j, "a complex cannot be stored in SQLite"),
        ("float[2]", [1.0], "the vector has 1 elements, but 2 are declared"),
        ("float[2]", np.zeros((2, 1), np.float32), r"one dimension, but the array has the shape \(2, 1\)"),
        ("float[2]", np.array([1, NAN], np.float32), "contains NaN or infinity"),
        ("float[2]", np.array([1, 1e300]), "contains NaN or infinity as float32"),
        ("float[2]", [1.0, math.inf], "contains NaN or infinity"),
        ("float[2]", [1.0, 1e300], "an element that is not a float32"),
        ("float[2]", ["1", "2"], "an element that is not a float32"),
        ("float[2]", np.array(["1", "2"]), "its elements are"),
        ("float[2]", b"abc", "0.75 elements"),
        ("float[2]", "1,2", "a vector is a numpy array, a list of numbers or a float32 BLOB, not a str"),
    ],
)
def test_refused(sqlite_type: str, value: Any, message: str) -> None:
    with pytest.raises(SqliteRowError, match=message) as raised:
        stored(sqlite_type, value)
    assert "row (id=1) of the table 'docs' cannot be stored: column 'value': " in str(raised.value)
    assert isinstance(raised.value, ValueError)


def test_own_encoder_that_fails() -> None:
    with pytest.raises(SqliteRowError, match="column 'value': division by zero"):
        stored("TEXT", 1, encoder=lambda value: 1 / 0)


def test_null_in_a_column_that_takes_none() -> None:
    with pytest.raises(SqliteRowError, match="column 'value': the value is None, and the column takes no NULL"):
        stored("TEXT", None, nullable=False)
    with pytest.raises(SqliteRowError, match=r"row \(id=None\) .* column 'id': the value is None"):
        encoder({}).encode({"id": None})
    with pytest.raises(SqliteRowError, match="takes no NULL"):
        stored("TEXT", 1, nullable=False, encoder=lambda value: None)


def test_rows_of_all_kinds() -> None:
    encode = encoder({"name": sqlite.ColumnDef("TEXT")}).encode
    struct = msgspec.defstruct("struct", ["name", "id"])(name="x", id=1)
    rows: list[Any] = [{"id": 1, "name": "x"}, {"name": "x", "id": 1}, Named(1, "x"), struct]
    assert len({encode(row) for row in rows}) == 1
    assert encode(rows[0])[0] == 1


def test_pydantic_models() -> None:
    pydantic = pytest.importorskip("pydantic")
    inner = pydantic.create_model("Inner", size=(int, ...))
    row = pydantic.create_model("Row", id=(int, ...), name=(inner, ...))(id=1, name=inner(size=2))
    assert encoder({"name": sqlite.ColumnDef("TEXT")}).encode(row)[1].values == (1, '{"size":2}')


def test_mapping_may_leave_out_nullable_columns() -> None:
    encode = encoder({"name": sqlite.ColumnDef("TEXT"), "size": sqlite.ColumnDef("INTEGER", nullable=False)}).encode
    assert encode({"id": 1, "size": 2}) == encode({"id": 1, "size": 2, "name": None})
    with pytest.raises(SqliteRowError, match=r"table 'docs' needs a value for the column 'size'; the row \(id=1\) has"):
        encode({"id": 1})
    with pytest.raises(SqliteRowError, match=r"needs a value for the column 'id'; the row \(id=None\) has 'size'"):
        encode({"size": 1})


def test_unknown_column_of_a_mapping() -> None:
    encode = encoder({"name": sqlite.ColumnDef("TEXT")}).encode
    for row in ({"id": 1, "nmae": "x"}, {"id": 1, "name": "x", "nmae": "x"}):
        with pytest.raises(SqliteRowError, match=r"has no column 'nmae'; the row \(id=1\) has .* columns are 'id', 'n"):
            encode(row)


def test_object_without_a_column() -> None:
    with pytest.raises(SqliteRowError, match=r"a Inner cannot be a row of the table 'docs': .*'id'"):
        encoder({}).encode(Inner(datetime.date(2025, 1, 2), 3))


@pytest.mark.parametrize(
    ("sqlite_type", "value", "key"),
    [
        ("TEXT", 1, "1"),
        ("TEXT", True, "1"),
        ("TEXT", uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("INTEGER", True, 1),
        ("REAL", 1, ("1.0",)),
        ("BLOB", b"x", b"x"),
    ],
)
def test_key(sqlite_type: str, value: Any, key: Any) -> None:
    columns = {"key": sqlite.ColumnDef(sqlite_type)}
    assert encoder(columns, "key").encode({"id": 1, "key": value})[0] == key
    assert encoder(columns, "key", "id").encode({"id": 1, "key": value})[0] == (key, 1)


@pytest.mark.parametrize(("sqlite_type", "value"), [("INTEGER", "1"), ("INTEGER", 1.5), ("TEXT", 1.5), ("BLOB", "x")])
def test_key_that_sqlite_would_convert(sqlite_type: str, value: Any) -> None:
    with pytest.raises(SqliteRowError, match=r"column 'key': the value .* where the column takes"):
        encoder({"key": sqlite.ColumnDef(sqlite_type)}, "key").encode({"id": 1, "key": value})


def test_vec0_columns_take_only_their_class() -> None:
    columns = {"v": sqlite.ColumnDef("float[2]"), "m": sqlite.ColumnDef("REAL"), "a": sqlite.ColumnDef("TEXT")}
    encode = encoder(columns, vec0=sqlite.Vec0TableDef(auxiliary_columns=["a"])).encode
    assert encode({"id": 1, "v": [1, 2], "m": 3, "a": None})[1].values == (None, 1, 3.0, b"\0\0\x80?\0\0\0@")
    with pytest.raises(SqliteRowError, match="column 'm': the value '3' is stored as str, where the column takes REAL"):
        encode({"id": 1, "v": [1, 2], "m": "3"})
    with pytest.raises(SqliteRowError, match="column 'm': the value is None"):
        encode({"id": 1, "v": [1, 2]})
    with pytest.raises(SqliteRowError, match="column 'v': the value is None"):
        encode({"id": 1, "m": 1.0})


def test_fingerprint_tells_columns_apart() -> None:
    one = encoder({"a": sqlite.ColumnDef("TEXT"), "b": sqlite.ColumnDef("TEXT")})
    other = encoder({"a": sqlite.ColumnDef("TEXT"), "c": sqlite.ColumnDef("TEXT")})
    reordered = encoder({"b": sqlite.ColumnDef("TEXT"), "a": sqlite.ColumnDef("TEXT")})
    row = {"id": 1, "a": "x"}
    assert one.encode(row)[1].fingerprint != other.encode(row)[1].fingerprint
    assert one.encode(row)[1] == reordered.encode(row)[1]
    assert one.memo_key != other.memo_key

"""The columns that a record type's fields become."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from typing_extensions import TypeAliasType

from cocoindex.connectors import duckdb
from cocoindex.errors import SqlSchemaError
from cocoindex.resources.schema import VectorSchema

UserId = NewType("UserId", int)
T = TypeVar("T")
Alias = TypeAliasType("Alias", list[T], type_params=(T,))
VECTOR = VectorSchema(np.dtype(np.float32), 3)


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Place(TypedDict):
    city: str


class Point(NamedTuple):
    x: int
    y: int


@dataclass
class Everything:
    flag: bool
    whole: int
    real: float
    exact: decimal.Decimal
    text: str
    raw: bytes
    uid: uuid.UUID
    day: datetime.date
    clock: datetime.time
    moment: datetime.datetime
    span: datetime.timedelta
    items: list[int]
    mapping: dict[str, Any]
    point: Point
    place: Place
    anything: Any
    either: int | str
    color: Color
    level: Level
    choice: Literal["a", "b"]
    user: UserId
    path: pathlib.Path
    single: np.float32
    small: np.uint8
    alias: Alias[str]
    vector: Annotated[NDArray[np.float32], VECTOR]
    maybe: str | None
    maybe_vector: Annotated[NDArray[np.float32], VECTOR] | None
    own: Annotated[dict[str, int] | None, duckdb.DuckdbType("BLOB", encoder=lambda value: repr(value).encode())]


TYPES = {
    "flag": "BOOLEAN",
    "whole": "BIGINT",
    "real": "DOUBLE",
    "exact": "DECIMAL(38, 9)",
    "text": "VARCHAR",
    "raw": "BLOB",
    "uid": "UUID",
    "day": "DATE",
    "clock": "TIME",
    "moment": "TIMESTAMPTZ",
    "span": "INTERVAL",
    "items": "JSON",
    "mapping": "JSON",
    "point": "JSON",
    "place": "JSON",
    "anything": "JSON",
    "either": "JSON",
    "color": "VARCHAR",
    "level": "BIGINT",
    "choice": "VARCHAR",
    "user": "BIGINT",
    "path": "VARCHAR",
    "single": "FLOAT",
    "small": "UTINYINT",
    "alias": "JSON",
    "vector": "FLOAT[3]",
    "maybe": "VARCHAR",
    "maybe_vector": "FLOAT[3]",
    "own": "BLOB",
}


async def columns_of(record_type: type[Any], **overrides: Any) -> dict[str, duckdb.ColumnDef]:
    key = next(iter(record_type.__annotations__))
    schema = await duckdb.TableSchema.from_class(record_type, [key], column_overrides=overrides)
    assert schema.row_type is record_type
    return schema.columns


def run(record_type: type[Any], **overrides: Any) -> dict[str, duckdb.ColumnDef]:
    import asyncio

    return asyncio.run(columns_of(record_type, **overrides))


def test_types() -> None:
    assert {name: column.type for name, column in run(Everything).items()} == TYPES


def test_none_makes_a_column_nullable() -> None:
    assert [name for name, column in run(Everything).items() if column.nullable] == ["maybe", "maybe_vector", "own"]


def test_overrides_win() -> None:
    columns = run(Everything, vector=VectorSchema(np.dtype(np.float32), 5), whole=duckdb.DuckdbType("HUGEINT"))
    assert columns["vector"].type == "FLOAT[5]"
    assert columns["whole"] == duckdb.ColumnDef("HUGEINT", nullable=False)


@dataclass
class Untyped:
    id: int
    number: complex


def test_field_without_a_column() -> None:
    with pytest.raises(SqlSchemaError, match=r"Untyped\.number has the type <class 'complex'>"):
        run(Untyped)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("bogus", "the column 'c': 'bogus' is not a type of DuckDB: .*bogus"),
        ("", "the column 'c': '' is not a type of DuckDB"),
        ("INTEGER, d INTEGER", "has more than a type"),
        ("INTEGER DEFAULT 3", "has more than a type: give 'INTEGER'"),
        ("VARCHAR COLLATE NOCASE", "has more than a type: give 'VARCHAR'"),
        ("UNION(a INTEGER, b VARCHAR)", "columns of the type .* are not supported"),
        ("BLOB[]", "columns of the type .* are not supported"),
        ("STRUCT(a ENUM('x'))", "columns of the type .* are not supported"),
    ],
)
def test_types_that_cannot_be_used(kind: str, says: str) -> None:
    with pytest.raises(SqlSchemaError, match=says):
        duckdb.TableSchema({"id": duckdb.ColumnDef("BIGINT"), "c": duckdb.ColumnDef(kind)}, ["id"])


@pytest.mark.parametrize("kind", ["INTERVAL", "INTEGER[]", "STRUCT(a INTEGER)", "FLOAT[2]", "MAP(VARCHAR, INTEGER)"])
def test_types_that_cannot_be_keys(kind: str) -> None:
    with pytest.raises(SqlSchemaError, match=r"the column 'id' cannot be a key: DuckDB has no keys of the type"):
        duckdb.TableSchema({"id": duckdb.ColumnDef(kind)}, ["id"])


def test_names_that_are_one() -> None:
    column = duckdb.ColumnDef("INTEGER")
    with pytest.raises(SqlSchemaError, match="are the same to DuckDB"):
        duckdb.TableSchema({"id": column, "ID": column}, ["id"])
    assert duckdb.TableSchema({"é": column, "É": column}, ["é"]).primary_key == ["é"]

"""The columns that a record type's fields become."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict, TypeVar

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from typing_extensions import TypeAliasType

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteSchemaError
from cocoindex.resources.schema import MultiVectorSchema, VectorSchema

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
    alias: Alias[str]
    vector: Annotated[NDArray[np.float32], VECTOR]
    maybe: str | None
    maybe_vector: Annotated[NDArray[np.float32], VECTOR] | None
    own: Annotated[dict[str, int] | None, sqlite.SqliteType("BLOB", encoder=repr)]


TYPES = {
    "flag": "INTEGER",
    "whole": "INTEGER",
    "real": "REAL",
    "exact": "TEXT",
    "text": "TEXT",
    "raw": "BLOB",
    "uid": "TEXT",
    "day": "TEXT",
    "clock": "TEXT",
    "moment": "TEXT",
    "span": "REAL",
    "items": "TEXT",
    "mapping": "TEXT",
    "point": "TEXT",
    "place": "TEXT",
    "anything": "TEXT",
    "either": "TEXT",
    "color": "TEXT",
    "level": "INTEGER",
    "choice": "TEXT",
    "user": "INTEGER",
    "path": "TEXT",
    "single": "REAL",
    "alias": "TEXT",
    "vector": "float[3]",
    "maybe": "TEXT",
    "maybe_vector": "float[3]",
    "own": "BLOB",
}


async def columns_of(record_type: type[Any], **overrides: Any) -> dict[str, sqlite.ColumnDef]:
    key = next(iter(record_type.__annotations__))
    schema = await sqlite.TableSchema.from_class(record_type, [key], column_overrides=overrides)
    assert schema.row_type is record_type
    return schema.columns


def run(record_type: type[Any], **overrides: Any) -> dict[str, sqlite.ColumnDef]:
    import asyncio

    return asyncio.run(columns_of(record_type, **overrides))


def test_types() -> None:
    assert {name: column.type for name, column in run(Everything).items()} == TYPES


def test_none_makes_a_column_nullable() -> None:
    columns = run(Everything)
    assert [name for name, column in columns.items() if column.nullable] == ["maybe", "maybe_vector", "own"]
    assert [name for name, column in columns.items() if column.is_vector] == ["vector", "maybe_vector"]


class AsNamedTuple(NamedTuple):
    id: int
    name: str | None


class AsStruct(msgspec.Struct):
    id: int
    name: str | None


@dataclass(slots=True)
class AsDataclass:
    id: int
    name: str | None


@pytest.mark.parametrize("record_type", [AsNamedTuple, AsStruct, AsDataclass])
def test_kinds_of_record_types(record_type: type[Any]) -> None:
    assert run(record_type) == {
        "id": sqlite.ColumnDef("INTEGER", nullable=False),
        "name": sqlite.ColumnDef("TEXT", nullable=True),
    }


def test_pydantic_model() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model(
        "Model", id=(int, ...), tags=(list[str], ...), vector=(Annotated[list[float], VECTOR], ...)
    )
    assert {name: column.type for name, column in run(model).items()} == {
        "id": "INTEGER",
        "tags": "TEXT",
        "vector": "float[3]",
    }


def test_overrides_win() -> None:
    columns = run(
        Everything,
        vector=VectorSchema(np.dtype(np.float32), 5),
        whole=sqlite.SqliteType("TEXT", encoder=str),
        items=VECTOR,
    )
    assert columns["vector"].type == "float[5]"
    assert columns["whole"] == sqlite.ColumnDef("TEXT", nullable=False, encoder=str)
    assert columns["items"] == sqlite.ColumnDef("float[3]", nullable=False, is_vector=True)


@dataclass
class Untyped:
    id: int
    number: complex


@dataclass
class Unsized:
    id: int
    vector: NDArray[np.float32]


@dataclass
class Several:
    id: int
    vectors: Annotated[NDArray[np.float32], MultiVectorSchema(VECTOR)]


@dataclass
class Unresolvable:
    id: int
    other: Nowhere  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("record_type", "message"),
    [
        (Untyped, r"Untyped\.number has the type <class 'complex'>, which has no SQLite type"),
        (Unsized, r"Unsized\.vector is an array of unknown size; annotate it"),
        (Several, r"Several\.vectors contains several vectors"),
        (Unresolvable, r"an annotation of Unresolvable cannot be resolved: name 'Nowhere'"),
    ],
)
def test_field_without_a_column(record_type: type[Any], message: str) -> None:
    with pytest.raises(SqliteSchemaError, match=message):
        run(record_type)


def test_no_record_type() -> None:
    class Plain:
        id: int

    with pytest.raises(SqliteSchemaError, match=r"from a dataclass, NamedTuple, msgspec Struct or pydantic model"):
        run(Plain)


def test_override_of_no_field() -> None:
    with pytest.raises(SqliteSchemaError, match="column_overrides names 'nmae', which AsDataclass does not have"):
        run(AsDataclass, nmae=sqlite.SqliteType("TEXT"))


def test_override_that_says_nothing() -> None:
    with pytest.raises(SqliteSchemaError, match=r"override of AsDataclass\.name must be a SqliteType or provide"):
        run(AsDataclass, name="TEXT")


class BrokenEmbedder:
    async def __coco_vector_schema__(self) -> VectorSchema:
        raise OSError("no model here")


def test_provider_that_fails_is_named() -> None:
    with pytest.raises(OSError, match="no model here") as raised:
        run(AsDataclass, name=BrokenEmbedder())
    assert any("vector schema of AsDataclass.name" in note for note in raised.value.__notes__)

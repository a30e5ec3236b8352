"""Columns are read from record types as the reference's table says, with overrides and vectors of known size."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import enum
import pathlib
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, Required, TypedDict, TypeVar

import msgspec
import numpy as np
import pydantic
import pytest
from numpy.typing import NDArray

from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresRecordTypeError, PostgresSchemaError
from cocoindex.resources.schema import MultiVectorSchema, VectorSchema

SINGLE = VectorSchema(np.dtype("float32"), 384)
HALF = VectorSchema(np.dtype("float16"), 8)
DOUBLE = VectorSchema(np.dtype("float64"), 5)


class Kind(enum.Enum):
    A = "a"


@dataclass
class Nested:
    x: int


class Embedder:
    async def __coco_vector_schema__(self) -> VectorSchema:
        return HALF


EMBEDDER = Embedder()


@dataclass
class Everything:
    a_bool: bool
    an_int: int
    a_float: float
    a_decimal: decimal.Decimal
    a_str: str
    some_bytes: bytes
    a_uuid: uuid.UUID
    a_date: datetime.date
    a_time: datetime.time
    a_datetime: datetime.datetime
    a_timedelta: datetime.timedelta
    a_list: list[int]
    a_dict: dict[str, Any]
    nested: Nested
    optional: int | None
    an_enum: Kind
    a_literal: Literal["x", "y"]
    a_union: int | str
    anything: Any
    a_path: pathlib.PurePath
    vector: Annotated[NDArray[np.float32], SINGLE]
    half: Annotated[NDArray[np.float16], EMBEDDER]
    double: Annotated[NDArray[np.float64], DOUBLE]
    numpy_int: np.int32
    numpy_float: np.float32
    own: Annotated[float, postgres.PgType("real")]
    own_or_none: Annotated[datetime.datetime, postgres.PgType("timestamp")] | None


TYPES = {
    "a_bool": "boolean",
    "an_int": "bigint",
    "a_float": "double precision",
    "a_decimal": "numeric",
    "a_str": "text",
    "some_bytes": "bytea",
    "a_uuid": "uuid",
    "a_date": "date",
    "a_time": "time with time zone",
    "a_datetime": "timestamp with time zone",
    "a_timedelta": "interval",
    "a_list": "jsonb",
    "a_dict": "jsonb",
    "nested": "jsonb",
    "optional": "bigint",
    "an_enum": "jsonb",
    "a_literal": "jsonb",
    "a_union": "jsonb",
    "anything": "jsonb",
    "a_path": "jsonb",
    "vector": "vector(384)",
    "half": "halfvec(8)",
    "double": "vector(5)",
    "numpy_int": "integer",
    "numpy_float": "real",
    "own": "real",
    "own_or_none": "timestamp",
}


def read(record_type: type[Any], primary_key: list[str], **overrides: Any) -> dict[str, postgres.ColumnDef]:
    schema = asyncio.run(postgres.TableSchema.from_class(record_type, primary_key, column_overrides=overrides or None))
    assert schema.row_type is record_type
    return schema.columns


def test_types() -> None:
    columns = read(Everything, ["an_int"])
    assert {name: column.type for name, column in columns.items()} == TYPES
    assert {name for name, column in columns.items() if column.nullable} == {"optional", "own_or_none"}


class AsNamedTuple(NamedTuple):
    id: int
    name: str | None


class AsModel(pydantic.BaseModel):
    id: int
    name: str | None


class AsStruct(msgspec.Struct):
    id: int
    name: str | None


class AsTypedDict(TypedDict):
    id: int
    name: NotRequired[str]


@pytest.mark.parametrize("record_type", [AsNamedTuple, AsModel, AsStruct, AsTypedDict])
def test_record_types(record_type: type[Any]) -> None:
    assert read(record_type, ["id"]) == {
        "id": postgres.ColumnDef("bigint", nullable=False),
        "name": postgres.ColumnDef("text", nullable=True),
    }


def test_overrides() -> None:
    columns = read(AsModel, ["id"], id=postgres.PgType("integer", encoder=int), name=HALF)
    assert columns["id"] == postgres.ColumnDef("integer", nullable=False, encoder=int)
    assert columns["name"].type == "halfvec(8)"


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
    vectors: Annotated[NDArray[np.float32], MultiVectorSchema(SINGLE)]


@pytest.mark.parametrize(
    ("record_type", "message"),
    [
        (Untyped, r"Untyped\.number has the type <class 'complex'>, which has no PostgreSQL type"),
        (Unsized, r"Unsized\.vector is an array of unknown size; annotate it"),
        (Several, r"Several\.vectors contains several vectors"),
    ],
)
def test_field_without_a_column(record_type: type[Any], message: str) -> None:
    with pytest.raises(PostgresSchemaError, match=message):
        read(record_type, ["id"])


def test_no_record_type() -> None:
    with pytest.raises(PostgresRecordTypeError, match="from a dataclass") as raised:
        read(dict, ["id"])
    assert isinstance(raised.value, TypeError)
    assert isinstance(raised.value, ValueError)


def test_overrides_that_fit_nothing() -> None:
    with pytest.raises(PostgresSchemaError, match="column_overrides names 'nmae', which AsModel does not have"):
        read(AsModel, ["id"], nmae=postgres.PgType("text"))
    with pytest.raises(PostgresSchemaError, match=r"override of AsModel\.name must be a PgType or provide"):
        read(AsModel, ["id"], name="text")


COLUMN = postgres.ColumnDef("text")


@pytest.mark.parametrize(
    ("columns", "primary_key", "message"),
    [
        ({}, ["id"], "a table needs one column or more"),
        (AsNamedTuple, ["id"], r"a dict of ColumnDef by name, not .*AsNamedTuple.*await TableSchema\.from_class"),
        ({"id": COLUMN}, [], "primary_key is a list of one column name or more"),
        ({"id": COLUMN}, "id", "primary_key is a list of one column name or more, not 'id'"),
        ({"id": COLUMN}, ["a"], "the primary key column 'a' is not among the columns: 'id'"),
        ({"id": COLUMN}, ["id", "id"], "the primary key names a column twice"),
        ({"": COLUMN}, [""], "the name of a column is a str"),
        ({"a\0b": COLUMN}, ["a\0b"], "the name of a column is a str"),
        ({"é" * 32: COLUMN}, ["é" * 32], "has 64 bytes; PostgreSQL allows 63"),
        ({"id": "text"}, ["id"], "the column 'id' is described by a ColumnDef"),
        ({"id": postgres.ColumnDef("text); DROP TABLE x; --")}, ["id"], "the column 'id': .* is not the name of a"),
        ({"id": postgres.ColumnDef("vector(3)")}, ["id"], "the primary key column 'id' is a vector"),
    ],
)
def test_schema_that_cannot_be(columns: Any, primary_key: Any, message: str) -> None:
    with pytest.raises(PostgresSchemaError, match=message):
        postgres.TableSchema[Any](columns, primary_key)


class Partial(TypedDict, total=False):
    id: Required[int]
    name: str


T = TypeVar("T")


class Boxed(pydantic.BaseModel, Generic[T]):
    id: int
    content: T
    tagged: Annotated[T, postgres.PgType("text")]


def types_of(kind: type[Any]) -> dict[str, tuple[str, bool]]:
    schema = asyncio.run(postgres.TableSchema.from_class(kind, ["id"]))
    return {name: (column.type, column.nullable) for name, column in schema.columns.items()}


def test_a_key_that_a_typed_dict_may_leave_out_may_be_null() -> None:
    assert types_of(Partial) == {"id": ("bigint", False), "name": ("text", True)}


def test_a_generic_model_has_the_types_that_it_is_given() -> None:
    assert types_of(Boxed[int]) == {"id": ("bigint", False), "content": ("bigint", False), "tagged": ("text", False)}
    assert types_of(Boxed[str])["content"] == ("text", False)

"""Columns are read from generic record types with what stands for their type variables."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NamedTuple, NotRequired, Required, TypedDict, TypeVar

import msgspec
import pydantic
import pytest

from cocoindex.connectorkits.record_reader import record_reader
from cocoindex.connectorkits.record_type import record_fields
from cocoindex.errors import CocoIndexError

T = TypeVar("T")
K = TypeVar("K")


class UnfitError(CocoIndexError):
    pass


@dataclass
class Data(Generic[T]):
    id: int
    v: T


@dataclass
class Wider(Data[list[T]], Generic[T, K]):
    w: Annotated[K | None, "note"]


@dataclass
class Closed(Wider[str, bytes]):
    x: int


@dataclass
class Below(Closed):
    y: int


class Struct(msgspec.Struct, Generic[T]):
    id: int
    v: T


class ClosedStruct(Struct[str]):
    w: int


class Named(NamedTuple, Generic[T]):
    id: int
    v: T


class Typed(TypedDict, Generic[T]):
    id: Required[int]
    v: NotRequired[T]


class Model(pydantic.BaseModel, Generic[T]):
    id: int
    v: T


class WiderModel(Model[list[T]], Generic[T]):
    w: T


class ClosedModel(WiderModel[int]):
    x: str


CASES: list[tuple[Any, dict[str, Any]]] = [
    (Data[int], {"id": int, "v": int}),
    (Data, {"id": int, "v": T}),
    (Data[datetime.date | None], {"id": int, "v": datetime.date | None}),
    (Wider[int, str], {"id": int, "v": list[int], "w": Annotated[str | None, "note"]}),
    (Closed, {"id": int, "v": list[str], "w": Annotated[bytes | None, "note"], "x": int}),
    (Below, {"id": int, "v": list[str], "w": Annotated[bytes | None, "note"], "x": int, "y": int}),
    (Struct[int], {"id": int, "v": int}),
    (ClosedStruct, {"id": int, "v": str, "w": int}),
    (Named[str], {"id": int, "v": str}),
    (Typed[str], {"id": Required[int], "v": NotRequired[str]}),
    (Model[int], {"id": int, "v": int}),
    (WiderModel[str], {"id": int, "v": list[str], "w": str}),
    (ClosedModel, {"id": int, "v": list[int], "w": int, "x": str}),
]


@pytest.mark.parametrize(("record_type", "expected"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_the_fields(record_type: Any, expected: dict[str, Any]) -> None:
    assert record_fields(record_type, UnfitError) == expected


@pytest.mark.parametrize("record_type", [Data[int], Struct[int], Named[int], Typed[int], Model[int]])
def test_rows_are_made(record_type: Any) -> None:
    row = record_reader(record_type, {}, UnfitError)({"id": 1, "v": 2})
    assert (row if isinstance(row, dict) else {"id": row.id, "v": row.v}) == {"id": 1, "v": 2}


def test_a_row_that_does_not_fit_is_told_with_its_type() -> None:
    with pytest.raises(UnfitError, match=r"a row cannot be read as .*Data\[int\]: "):
        record_reader(Data[int], {}, UnfitError)({"id": 1})


def test_what_is_none_is_refused() -> None:
    for wrong in (list[int], dict[str, int], int | str):
        with pytest.raises(UnfitError, match="columns are read from a dataclass"):
            record_fields(wrong, UnfitError)  # type: ignore[arg-type]

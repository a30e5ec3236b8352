"""Unions: what tells its own type may be in any; of dataclasses there may be one; tagged structs as many as wanted."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pydantic
import pytest

from cocoindex._values import deserialize, make_deserializer, serialize, serialize_by_pickle
from cocoindex.errors import DeserializationError


class Model(pydantic.BaseModel):
    x: int


class Wider(pydantic.BaseModel):
    x: int
    y: int = 0


@dataclass
class Data:
    x: int


@dataclass
class Other:
    x: int


@serialize_by_pickle
class Pickled:
    def __init__(self, x: int) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pickled) and other.x == self.x

    __hash__ = None  # type: ignore[assignment]  # it can be changed


class One(msgspec.Struct, tag=True):
    value: int


class Two(msgspec.Struct, tag=True):
    value: str


class Settings(NamedTuple):
    config: One | Two


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (Data(1), Data | None),
        (None, Data | None),
        (Data(1), Data | int),
        (3, Data | int),
        ([1], Data | list[int]),
        (Settings(One(1)), Settings),
        (Settings(Two("a")), Settings),
        (Model(x=1), Model | None),
        (Model(x=1), Model | str),
        ("text", Model | str),
        (Model(x=1), Model | Wider),
        (Wider(x=1), Model | Wider),
        (Model(x=1), Wider | Model),
        (Model(x=1), Model | Data),
        (Data(1), Model | Data),
        (None, Model | Data | None),
        (Pickled(1), Pickled | str),
        ("text", Pickled | str),
        (Pickled(1), Pickled | Data),
        (Data(1), Pickled | Data),
        (pathlib.Path("a"), pathlib.Path | str),
        ("a", pathlib.Path | str),
        ([1.0], np.ndarray | list[float]),
    ],
)
def test_a_member_comes_back_as_itself(value: Any, hint: Any) -> None:
    again = deserialize(serialize(value), hint)
    assert type(again) is type(value) and again == value


def test_an_array_comes_back_beside_other_members() -> None:
    assert np.array_equal(deserialize(serialize(np.arange(3)), np.ndarray | list[float]), np.arange(3))


@pytest.mark.parametrize("hint", [Data | Other, Data | dict[str, int], list[Model | str], Data | Other | Model])
def test_members_that_cannot_be_told_apart_are_refused(hint: Any) -> None:
    with pytest.raises(DeserializationError, match=r"Cannot build msgspec Decoder.*msgspec.Struct with tag=True"):
        make_deserializer(hint)


@pytest.mark.parametrize("hint", [Model | str, Model | Wider, Pickled | str])
def test_a_value_of_no_member_is_refused(hint: Any) -> None:
    with pytest.raises(DeserializationError, match="Failed to deserialize"):
        deserialize(serialize(1.5), hint)


def test_classes_are_values_too() -> None:
    assert deserialize(serialize(int), type) is int
    assert deserialize(serialize([Pickled]), list[type]) == [Pickled]

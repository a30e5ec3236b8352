"""A tracking record is read by later versions of its class where the names of its fields say how, and refused else."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any, NamedTuple

import msgspec
import pytest

from cocoindex._values import serialize, stored_type
from cocoindex.errors import StoredShapeError


@dataclasses.dataclass
class Old:
    a: int
    b: int = 2


@dataclasses.dataclass
class Grown:
    a: int
    b: int = 2
    c: int = 3


@dataclasses.dataclass
class Smaller:
    a: int


@dataclasses.dataclass
class Renamed:
    a: int
    other: int = 7


class Pair(NamedTuple):
    a: int
    b: int


class Swapped(NamedTuple):
    b: int
    a: int


class Number(enum.IntEnum):
    ONE = 1


class Other(enum.IntEnum):
    NONE = 1


def moved(record: Any, now: Any) -> Any:
    """The record, as a version reads it in which its class is written otherwise."""
    return stored_type(now, evolves=True).read(stored_type(type(record), evolves=True).write(record))


def test_fields_may_come_and_go() -> None:
    assert moved(Old(1), Grown) == Grown(1, 2, 3)
    assert moved(Old(1), Smaller) == Smaller(1)
    assert moved(Old(1), Old) == Old(1)


@pytest.mark.parametrize(("record", "now"), [(Old(1), Renamed), (Pair(1, 2), Swapped), (Number.ONE, Other)])
def test_what_could_be_taken_for_something_else_is_refused(record: Any, now: Any) -> None:
    with pytest.raises(StoredShapeError, match=now.__name__):
        moved(record, now)


def test_what_an_earlier_version_wrote_is_read() -> None:
    assert stored_type(Old, evolves=True).read(serialize(Old(1))) == Old(1)
    assert stored_type(Pair).read(serialize(Pair(1, 2))) == Pair(1, 2)


@pytest.mark.parametrize("value", [None, 1, "a", b"a", [1], {"a": 1}, (1, "a")])
def test_plain_values_carry_no_shape(value: Any) -> None:
    assert stored_type(type(value)).write(value) == serialize(value)
    assert stored_type(Old | None).write(None) == serialize(None)


class Tag(msgspec.Struct, tag="one"):
    a: int


class Retagged(msgspec.Struct, tag="other"):
    a: int


class Camel(msgspec.Struct, rename="camel", tag="c"):
    first_one: int


class GrownCamel(msgspec.Struct, rename="camel", tag="c"):
    first_one: int
    next_one: int = 2


class Snake(msgspec.Struct, tag="c"):
    first_one: int = 0


def test_structs_written_with_other_names_may_get_fields() -> None:
    assert moved(Camel(1), GrownCamel) == GrownCamel(1, 2)
    assert moved(GrownCamel(1, 3), Camel) == Camel(1)


def test_a_field_that_is_written_with_another_name_is_refused() -> None:
    with pytest.raises(StoredShapeError, match="Snake"):
        moved(Camel(1), Snake)


def test_results_are_of_one_shape() -> None:
    for value, now in [(Old(1), Grown), (Old(1), Smaller), (Tag(1), Retagged)]:
        with pytest.raises(StoredShapeError):
            stored_type(now).read(stored_type(type(value)).write(value))

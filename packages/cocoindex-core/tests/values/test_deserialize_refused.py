from __future__ import annotations

import enum
import pathlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._values import deserialize, make_deserializer, serialize
from cocoindex.errors import CocoIndexError, DeserializationError


@dataclass
class Old:
    name: str
    size: int


@dataclass
class Renamed:
    title: str
    size: int


@dataclass
class Retyped:
    name: str
    size: list[int]


@dataclass
class Grown:
    name: str
    size: int
    more: int = 7


class Union(NamedTuple):
    either: pathlib.Path | str


class Odd(enum.Enum):
    A = 1.5


@pytest.mark.parametrize(
    ("hint", "hit"), [(Renamed, "title"), (Retyped, r"\$.size"), (int, "int"), (list[Old], "array")]
)
def test_a_class_that_has_changed_is_refused_with_the_reason(hint: Any, hit: str) -> None:
    with pytest.raises(DeserializationError, match=hit) as caught:
        deserialize(serialize(Old("a", 1)), hint)
    assert isinstance(caught.value, CocoIndexError) and isinstance(caught.value, ValueError)
    assert "full_reprocess=True" in str(caught.value)


def test_a_field_that_was_added_gets_its_default() -> None:
    assert deserialize(serialize(Old("a", 1)), Grown) == Grown("a", 1)


@pytest.mark.parametrize("hint", [Old | Renamed, list[pathlib.Path | str], Union, Odd])
def test_a_type_that_cannot_be_read_is_refused_with_a_hint(hint: Any) -> None:
    with pytest.raises(DeserializationError, match=r"Cannot build msgspec Decoder.*tag=True"):
        make_deserializer(hint)


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\xff\x01", b"\x10", b"\x10\xc1", b"\x10\xd4\x63x", b"\x30", b"\x30\x80\x05", b"\x20"]
)
@pytest.mark.parametrize("hint", [Any, int, Old])
def test_broken_data_is_refused(data: bytes, hint: Any) -> None:
    with pytest.raises(DeserializationError):
        deserialize(data, hint)


@given(st.binary(max_size=40), st.sampled_from([Any, int, Old, list[Old], pathlib.Path]))
def test_any_data_is_either_read_or_refused(data: bytes, hint: Any) -> None:
    for head in (b"", b"\x10", b"\x11", b"\x20", b"\x30"):
        try:
            deserialize(head + data, hint)
        except DeserializationError:
            pass


def test_an_annotation_that_cannot_be_hashed_is_read() -> None:
    from typing import Annotated

    assert deserialize(serialize([1]), Annotated[list[int], ["note"]]) == [1]


def test_an_error_while_an_object_is_made_is_reported() -> None:
    @dataclass
    class Checked:
        name: str
        size: int

        def __post_init__(self) -> None:
            raise ZeroDivisionError("no size")

    with pytest.raises(DeserializationError, match="no size"):
        deserialize(serialize(Old("a", 1)), Checked)

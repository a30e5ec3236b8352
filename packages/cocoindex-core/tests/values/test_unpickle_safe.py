"""A class marked `@coco.unpickle_safe` is stored as a pickle where it has no other way; others as they always are."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import cocoindex as coco
from cocoindex._values import deserialize, serialize
from cocoindex.errors import SerializationError


@coco.unpickle_safe
class Plain:
    def __init__(self, x: int) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and other.x == self.x

    def __hash__(self) -> int:
        return hash(self.x)


@coco.unpickle_safe
class Tagged(str):
    tag = ""


@coco.unpickle_safe
@dataclasses.dataclass
class Record:
    x: int


@dataclasses.dataclass
class Holder:
    plain: Plain
    more: list[Plain | None]


class Derived(Plain):
    pass


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (Plain(1), Plain),
        (Plain(1), Any),
        ([Plain(1)], list[Plain]),
        ({"a": (Plain(1), None)}, dict[str, tuple[Plain, None]]),
        (Holder(Plain(1), [None, Plain(2)]), Holder),
        (Plain(1), Plain | int),
        (3, Plain | int),
        (Record(1), Record),
    ],
)
def test_it_is_stored(value: object, hint: Any) -> None:
    assert deserialize(serialize(value), hint) == value


def test_what_was_added_to_a_text_is_kept() -> None:
    value = Tagged("a")
    value.tag = "b"
    assert deserialize(serialize(value), Tagged).tag == "b"


def test_a_derived_class_is_not_registered_with_it() -> None:
    with pytest.raises(SerializationError, match="Derived"):
        serialize(Derived(1))


def test_a_dataclass_is_stored_by_its_fields() -> None:
    assert deserialize(serialize(Record(1)), dict[str, int]) == {"x": 1}

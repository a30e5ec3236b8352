from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from cocoindex._values import serialize, serialize_by_pickle
from cocoindex.errors import CocoIndexError, SerializationError


class Plain:
    pass


@dataclass
class Holder:
    field: Any


class Pair(NamedTuple):
    left: Any
    right: Any


@serialize_by_pickle
class Pickled:
    def __init__(self, content: Any) -> None:
        self.content = content


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Plain(), ""),
        ([1, Plain()], "[1]"),
        ({"a": (0, Plain())}, "['a'][1]"),
        ({1: {"b": [Plain()]}}, "[1]['b'][0]"),
        (Holder([Plain()]), ".field[0]"),
        (Pair(1, Holder(Plain())), "[1].field"),
        ({Plain(): 1}, ".keys()[0]"),
        ([2**70, Plain()], "[1]"),
        (Holder({Plain()}), ".field{...}"),
    ],
)
def test_the_error_says_what_where_and_what_to_do(value: Any, path: str) -> None:
    with pytest.raises(SerializationError) as caught:
        serialize(value)
    assert caught.value.path == path
    assert isinstance(caught.value, CocoIndexError) and isinstance(caught.value, TypeError)
    assert f"{__name__}.Plain" in str(caught.value) and "@coco.serialize_by_pickle" in str(caught.value)
    assert path in str(caught.value)


@pytest.mark.parametrize("value", [len, Plain, lambda: 1, threading, threading.Lock(), iter([]), object()])
def test_what_has_no_content_is_refused(value: Any) -> None:
    with pytest.raises(SerializationError):
        serialize(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(SerializationError, match="contains itself"):
        serialize(value)


def test_a_pickle_that_could_not_be_read_again_is_refused() -> None:
    for value in (Pickled(Plain()), [Pickled(Plain())], Pickled(len)):
        with pytest.raises(SerializationError, match="could not be read again: Forbidden global"):
            serialize(value)
    with pytest.raises(SerializationError, match="lock"):
        serialize(Pickled(threading.Lock()))

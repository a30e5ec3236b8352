from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import cocoindex._values as values
from cocoindex._values import NotMemoKeyable, canonical_bytes, register_not_memo_keyable
from cocoindex.errors import CocoIndexError, MemoKeyError


@dataclass
class Holder:
    field: Any


def generate() -> Iterator[int]:
    yield 1


class Counter(NotMemoKeyable):
    pass


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (threading.Lock(), ""),
        ([1, {"a": (2, threading.Lock())}], "[1]['a'][1]"),
        (Holder([threading.Lock()]), ".field[0]"),
        ({1: threading.Lock()}, "[1]"),
        ([generate()], "[0]"),
        (threading, ""),
    ],
)
def test_the_error_says_what_where_and_how_to_mend_it(value: Any, path: str) -> None:
    with pytest.raises(MemoKeyError) as caught:
        canonical_bytes(value)
    assert caught.value.path == path
    assert isinstance(caught.value, CocoIndexError) and isinstance(caught.value, TypeError)
    message = str(caught.value)
    assert all(way in message for way in ("__coco_memo_key__()", "register_memo_key_function", "memo_key={"))
    assert path in message and caught.value.value_type.__qualname__ in message


def test_what_says_that_it_is_no_key_is_none() -> None:
    with pytest.raises(MemoKeyError, match="declares that it cannot be a key"):
        canonical_bytes([Counter()])

    class Third:
        pass

    register_not_memo_keyable(Third)
    with pytest.raises(MemoKeyError, match="Third"):
        canonical_bytes(Holder(Third()))


def test_a_subclass_may_be_a_key_again() -> None:
    class Frozen(Counter):
        def __coco_memo_key__(self) -> object:  # type: ignore[override]
            return 1

    assert canonical_bytes(Frozen())


def test_an_async_memo_key_is_refused() -> None:
    class Late:
        async def __coco_memo_key__(self) -> object:
            return 1

    with pytest.raises(MemoKeyError, match="is async"):
        canonical_bytes(Late())


def test_an_endless_memo_key_is_refused() -> None:
    class Endless:
        def __coco_memo_key__(self) -> object:
            return Endless()

    with pytest.raises(MemoKeyError, match="nested too deeply"):
        canonical_bytes(Endless())


def test_an_error_of_the_key_function_comes_through() -> None:
    class Broken:
        def __coco_memo_key__(self) -> object:
            raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        canonical_bytes([Broken()])


def test_states_are_left_out_when_an_encoding_fails_and_is_tried_again() -> None:
    class Stateful:
        def __init__(self) -> None:
            self.selves = [{self}, {1: self}]

        def __coco_memo_state__(self, prev_state: int) -> None: ...

    states: list[values.StateRef] = []
    canonical_bytes(Stateful(), states)
    assert len(states) == 1
    with contextlib.suppress(MemoKeyError):
        canonical_bytes([threading.Lock()], states)
    assert len(states) == 1

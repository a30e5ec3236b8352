from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._keys import Symbol
from cocoindex._values import NON_EXISTENCE, canonical_bytes


@dataclasses.dataclass
class Point:
    x: Any
    y: Any = 0


@dataclasses.dataclass
class Size:
    x: Any
    y: Any = 0


class Pair(NamedTuple):
    x: int
    y: int


class Struct(msgspec.Struct):
    x: int
    y: int


class Plain:
    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y


class Letter(enum.Enum):
    A = "a"
    B = "b"


class Number(enum.IntEnum):
    ONE = 1


class Name(str):
    pass


def scale(factor: int) -> Callable[[int], int]:
    return lambda x: x * factor


DIFFERENT: list[Any] = [
    None, False, True, 0, 1, 2, -1, 2**64, -(2**64), 2**64 + 1, 0.0, -0.0, 1.0, float("inf"), float("-inf"),
    float("nan"),
    "", "a", "1", "\ud800", b"", b"a", b"1", bytearray(b"a"), memoryview(b"a"), (), [], {}, set(), frozenset(),
    (1,), [1], {1}, frozenset([1]), {1: None}, ((1,),), ([1],), [(1,)], [[1]], (1, 2), ((1, 2),), (1, (2,)), ((1,), 2),
    ((), None), (None, ()), ([], [None]), ([None], []), {"a": 1}, {"a": 1.0}, {"a": True}, {"a": [1]}, {"a": (1,)},
    {b"a": 1}, {1: "a"}, {True: "a"}, [("a", 1)], {"a": {}}, {"a": None}, {"a": 2**64}, {"a": {"a": 1}},
    1j, uuid.UUID(int=1), str(uuid.UUID(int=1)), uuid.UUID(int=1).bytes, Symbol("a"), NON_EXISTENCE, ..., range(3),
    datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 1, fold=1),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), "2024-01-01", datetime.time(1), datetime.timedelta(1),
    datetime.UTC, decimal.Decimal("1"), decimal.Decimal("1.0"), fractions.Fraction(1),
    pathlib.PurePosixPath("a"), pathlib.PureWindowsPath("a"), pathlib.Path("a"), pathlib.Path("a/b"),
    Point(1, 2), Point(2, 1), Point(Point(1)), Size(1, 2), Pair(1, 2), Struct(1, 2), Plain(1, 2), Point, Size,
    Letter.A, Letter.B, Number.ONE, Name("a"), collections.OrderedDict(a=1), collections.Counter("a"),
    collections.deque([1]), len, print, str.upper, scale, scale(2), scale(3), lambda x: x, lambda x: x + 1, int,
    list[int], int | None,
]  # fmt: skip


def test_no_two_kinds_of_value_share_an_encoding() -> None:
    seen: dict[bytes, Any] = {}
    for value in DIFFERENT:
        data = canonical_bytes(value)
        assert data not in seen, f"{value!r} is encoded as {seen[data]!r}"
        seen[data] = value


@pytest.mark.parametrize("wrap", [lambda v: (v,), lambda v: [v, ()], lambda v: {"k": v, "n": ()}, Point])
def test_no_two_values_inside_another_one_share_an_encoding(wrap: Callable[[Any], Any]) -> None:
    assert len({canonical_bytes(wrap(value)) for value in DIFFERENT}) == len(DIFFERENT)


def describe(value: Any) -> Any:
    """What a value is, by slower means: hashable, and equal for equal values of equal types only."""
    kind = type(value).__name__
    if isinstance(value, float | complex):
        return (kind, repr(value))
    if isinstance(value, dict):
        return (kind, frozenset((describe(k), describe(v)) for k, v in value.items()))
    if isinstance(value, set | frozenset):
        return (kind, frozenset(map(describe, value)))
    if isinstance(value, list | tuple):
        return (kind, tuple(map(describe, value)))
    if isinstance(value, datetime.datetime):
        return (kind, value.isoformat(), value.fold, repr(value.tzinfo))
    return (kind, str(value))


@given(st.data())
def test_encodings_are_equal_exactly_where_values_are(values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    one, other = data.draw(values), data.draw(values)
    assert (canonical_bytes(one) == canonical_bytes(other)) == (describe(one) == describe(other))


@given(st.data())
def test_an_encoding_delimits_itself(values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    one, other = data.draw(values), data.draw(values)
    first, second = canonical_bytes(one), canonical_bytes(other)
    assert first == second or not (second.startswith(first) or first.startswith(second))

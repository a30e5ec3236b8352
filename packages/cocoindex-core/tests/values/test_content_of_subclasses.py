"""What a class inherits, adds to or was made with counts in memo keys: unequal contents have unequal keys."""

from __future__ import annotations

import array
import collections
import copy
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import itertools
import pathlib
import pickle
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._values import canonical_bytes

# One value of each built-in type that classes derive from, and another one.
BASES: dict[type, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    list: (([1],), ([2],)),
    tuple: (((1,),), ((2,),)),
    dict: (({"a": 1},), ({"a": 2},)),
    set: (({1},), ({2},)),
    frozenset: (({1},), ({2},)),
    str: (("a",), ("b",)),
    bytes: ((b"a",), (b"b",)),
    bytearray: ((b"a",), (b"b",)),
    int: ((1,), (2,)),
    float: ((1.5,), (2.5,)),
    complex: ((1j,), (2j,)),
    collections.OrderedDict: (([("a", 1), ("b", 2)],), ([("b", 2), ("a", 1)],)),
    collections.Counter: (("a",), ("b",)),
    collections.defaultdict: ((int, {"a": 1}), (list, {"a": 1})),
    collections.deque: (([1], 2), ([1], 3)),
    collections.UserDict: (({"a": 1},), ({"a": 2},)),
    array.array: (("i", [1]), ("i", [2])),
    datetime.date: ((2024, 1, 1), (2024, 1, 2)),
    datetime.datetime: ((2024, 1, 1), (2024, 1, 2)),
    datetime.timedelta: ((1,), (2,)),
    decimal.Decimal: (("1",), ("2",)),
    fractions.Fraction: ((1, 2), (1, 3)),
    uuid.UUID: (("0" * 32,), ("1" * 32,)),
    type(pathlib.Path()): (("a",), ("b",)),
    pathlib.PurePosixPath: (("a",), ("b",)),
    Exception: (("a",), ("b",)),
    OSError: ((1, "no", "file"), (1, "no", "other")),
    KeyError: (("a",), ("b",)),
}
VARYING_SIZE = (tuple, bytes, int)


def with_dict(base: type) -> type:
    return type(f"Dict_{base.__name__}", (base,), {"__module__": __name__})


def with_slot(base: type) -> type:
    return type(f"Slot_{base.__name__}", (base,), {"__slots__": ("tag",), "__module__": __name__})


def as_dataclass(base: type) -> type:
    body = {"__annotations__": {"tag": int}, "tag": 0, "__module__": __name__}
    made: Any = dataclasses.dataclass(type(f"Data_{base.__name__}", (base,), body), init=False)
    assert isinstance(made, type)
    return made


def make(kind: type, args: tuple[Any, ...], tag: object) -> Any:
    value = kind(*args)
    object.__setattr__(value, "tag", tag)
    return value


FORMS = (with_dict, with_slot, as_dataclass)
CLASSES = [
    pytest.param(form(base), first, second, id=f"{form.__name__} {base.__name__}")
    for (base, (first, second)), form in itertools.product(BASES.items(), FORMS)
    if not (form is with_slot and base in VARYING_SIZE)
]


@pytest.mark.parametrize(("kind", "first", "second"), CLASSES)
def test_content_and_attributes_count(kind: type, first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
    base = kind.__mro__[1]
    values = [make(kind, args, tag) for args in (first, second) for tag in (1, 2)]
    keys = [canonical_bytes(value) for value in values]
    assert len({*keys, canonical_bytes(base(*first)), canonical_bytes(base(*second))}) == 6
    again = [canonical_bytes(make(kind, args, tag)) for args in (first, second) for tag in (1, 2)]
    assert again == keys


class Pair(NamedTuple):
    x: int
    y: int


class Tagged(Pair):
    tag = 0


class Open(msgspec.Struct, dict=True):
    x: int


class Model(pydantic.BaseModel):
    x: int
    _hidden: int = pydantic.PrivateAttr(default=0)


class Letters(pydantic.RootModel[list[str]]):
    pass


@dataclasses.dataclass
class Point:
    x: int

    @functools.cached_property
    def double(self) -> int:
        return 2 * self.x


class Named(Point):
    def __init__(self, x: int, name: str) -> None:
        super().__init__(x)
        self._name = name


@dataclasses.dataclass
class Derived:
    x: dataclasses.InitVar[int]

    def __post_init__(self, x: int) -> None:
        self.y = x
        self.lock = iter(())  # what cannot be in a key
        self._cache: list[int] = []


class Level(enum.Enum):
    LOW = 1
    HIGH = 2

    def __init__(self, number: int) -> None:
        self.limits = [number]


class Plain:
    def __init__(self, x: int) -> None:
        self.x = x

    @functools.cached_property
    def double(self) -> int:
        return 2 * self.x

    def method(self) -> int:
        return self.x


def tagged(tag: int) -> Tagged:
    value = Tagged(1, 2)
    value.__dict__["tag"] = tag
    return value


def opened(tag: int) -> Open:
    value = Open(1)
    value.__dict__["tag"] = tag
    return value


def model(hidden: int) -> Model:
    value = Model(x=1)
    value._hidden = hidden
    return value


def limited(limit: int) -> Any:
    value = copy.copy(Level.LOW.__dict__)
    Level.LOW.limits.append(limit)
    key = canonical_bytes(Level.LOW)
    Level.LOW.limits.pop()
    assert value == Level.LOW.__dict__
    return key


@pytest.mark.parametrize(
    "build",
    [tagged, opened, model, Derived, limited, Plain, Point, lambda n: Named(1, str(n)), lambda n: Letters([str(n)])],
)
def test_what_was_added_counts(build: Callable[[int], Any]) -> None:
    assert canonical_bytes(build(1)) != canonical_bytes(build(2))
    assert canonical_bytes(build(1)) == canonical_bytes(build(1))


@pytest.mark.parametrize("kind", [Point, Plain, lambda x: Named(x, "a")])
def test_what_a_cached_property_keeps_does_not_count(kind: Callable[[int], Any]) -> None:
    one, other = kind(1), kind(1)
    assert other.double == 2
    assert canonical_bytes(one) == canonical_bytes(other)


def test_a_private_attribute_of_a_dataclass_does_not_count() -> None:
    one, other = Derived(1), Derived(1)
    other._cache.append(1)
    assert canonical_bytes(one) == canonical_bytes(other)


def test_optional_parts_are_not_taken_for_those_of_the_next_value() -> None:
    values = [model(1), model(0), Named(1, "a"), Point(1), opened(1), Open(1), Level.LOW, tagged(1), Plain(1)]
    pairs = list(itertools.product(values, repeat=2))
    assert len({canonical_bytes(pair) for pair in pairs}) == len(pairs)


texts = st.text(max_size=2)
contents = st.one_of(st.none(), st.integers(0, 3), texts, st.lists(st.integers(0, 3), max_size=2), st.booleans())


@given(
    st.sampled_from([list, dict, collections.deque, collections.OrderedDict]), st.lists(contents, max_size=3), contents
)
def test_equal_objects_have_equal_keys(base: type, items: list[Any], tag: Any) -> None:
    for form in (with_dict, as_dataclass):
        kind = form(base)
        globals()[kind.__name__] = kind
        content = items if base in (list, collections.deque) else list(enumerate(items))
        value = make(kind, (content,), tag)
        assert canonical_bytes(value) == canonical_bytes(copy.deepcopy(value))
        assert canonical_bytes(value) == canonical_bytes(pickle.loads(pickle.dumps(value)))

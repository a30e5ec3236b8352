from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import ipaddress
import pathlib
import uuid
import zoneinfo
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._keys import Symbol
from cocoindex._values import NON_EXISTENCE, deserialize, serialize

EAST = datetime.timezone(datetime.timedelta(hours=2))
PARIS = zoneinfo.ZoneInfo("Europe/Paris")


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Name(str):
    pass


class Pair(NamedTuple):
    left: int
    right: pathlib.Path | None = None


NO_PAIR = Pair(0)


class Record(msgspec.Struct, tag=True):
    at: datetime.datetime
    numbers: frozenset[int] = frozenset()


class Other(msgspec.Struct, tag=True):
    text: str


class Options(TypedDict):
    size: int


@dataclass(frozen=True)
class Leaf:
    path: pathlib.PurePath
    key: uuid.UUID | None = None


@dataclass
class Tree:
    name: str
    leaf: Leaf | None = None
    pair: Pair = NO_PAIR
    children: list[Tree] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    table: dict[tuple[int, str], complex] = field(default_factory=dict)
    color: Color = Color.RED
    zone: datetime.timezone = datetime.UTC
    variant: Record | Other | None = None
    extra: Any = None


BIG = 2**70
TREE = Tree(
    "é", Leaf(pathlib.PurePosixPath("a/b"), uuid.UUID(int=3)), Pair(1, pathlib.Path("x")), [Tree("child")], {"a", "b"},
    {(1, "x"): 2j}, Color.RED, EAST, Record(datetime.datetime(2024, 1, 1, tzinfo=EAST), frozenset({1})), {"k": [1.5]},
)  # fmt: skip


def short(value: Any) -> str:
    """The name of a case; its end may show sets, whose order is another one in each process."""
    return repr(value)[:60]


TYPED: list[tuple[Any, Any]] = [
    (None, None), (True, bool), (1, int), (1.5, float), ("é", str), (b"\xd7\xff", bytes), (bytearray(b"x"), bytearray),
    ([1, "a"], list[Any]), ((1, "a"), tuple[int, str]), ((1, 2), tuple[int, ...]), ({1}, set[int]),
    (frozenset({"a"}), frozenset[str]), ({"a": {1: (2,)}}, dict[str, dict[int, tuple[int]]]), ([(1,),
    (2,)], list[tuple[int]]),
    ({(1, 2): 3}, dict[tuple[int, int], int]), ({frozenset({1})}, set[frozenset[int]]), ({"size": 1}, Options),
    (BIG, int), (-BIG, int), ([BIG, {"a": [-BIG]}], list[Any] | None), (Pair(BIG), Pair), ({BIG: "a"}, dict[int, str]),
    ("\ud800", str), ({"\ud800": ("\udfff",)}, dict[str, tuple[str]]), (float("inf"), float), (1j, complex),
    ([1j, None], list[complex | None]), (Color.RED, Color), ([Level.HIGH], list[Level]), (Name("n"), Name),
    (Name("n"), str),
    (pathlib.Path("a"), pathlib.Path), (pathlib.PurePosixPath("a"), pathlib.PurePath),
    (pathlib.Path("a"), pathlib.Path | None),
    ({pathlib.Path("a"): 1}, dict[pathlib.Path, int]), (uuid.UUID(int=9), uuid.UUID),
    (decimal.Decimal("1.50"), decimal.Decimal),
    (fractions.Fraction(1, 3), fractions.Fraction), (ipaddress.ip_address("::1"), ipaddress.IPv6Address),
    (range(3), range),
    (collections.deque([1]), collections.deque[int]), (collections.Counter("aab"), collections.Counter[str]),
    (collections.OrderedDict(b=1, a=2), collections.OrderedDict[str, int]), (Symbol("s"), Symbol),
    (datetime.date(2024, 1, 1), datetime.date), (datetime.time(1, 2, 3, 4), datetime.time), (EAST, datetime.timezone),
    (datetime.timedelta(-1, 2, 3), datetime.timedelta), (datetime.datetime(2024, 1, 1), datetime.datetime),
    (datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), datetime.datetime), (PARIS, zoneinfo.ZoneInfo),
    (datetime.datetime(2024, 7, 1, 12, tzinfo=EAST), datetime.datetime), ("a", Literal["a"]), (TREE, Tree),
    ([TREE], list[Tree]),
    ((datetime.datetime(2024, 7, 1, tzinfo=PARIS), BIG), tuple[datetime.datetime, int]),
    (Leaf(pathlib.Path("x")), Leaf | None),
    (Other("x"), Record | Other), (Leaf(pathlib.Path("x")), Annotated[Leaf, "note"]),
    ({Leaf(pathlib.Path("x")): 1}, dict[Leaf, int]),
]  # fmt: skip


def same(one: Any, other: Any) -> bool:
    return bool(one == other) and repr(one) == repr(other)


@pytest.mark.parametrize(("value", "hint"), TYPED, ids=short)
def test_a_value_comes_back_as_annotated(value: Any, hint: Any) -> None:
    result = deserialize(serialize(value), hint)
    assert result == value
    if hint is not str:
        assert type(result) is type(value)


def test_time_zones_stay_what_they_are() -> None:
    for zone in (EAST, PARIS, datetime.UTC):
        moment = datetime.datetime(2024, 7, 1, 12, tzinfo=zone)
        for value, hint in ((moment, datetime.datetime), ([moment], list[datetime.datetime]), (moment, Any)):
            result = deserialize(serialize(value), hint)
            assert (result[0] if isinstance(result, list) else result).tzinfo == zone


UNTYPED: list[Any] = [
    None, 1, BIG, 1.5, "a", b"a", [1, [2]], (1, 2), {1, 2}, frozenset({1}), {"a": [1]}, {1: "a"}, {(1, 2): 3}, 1j,
    PARIS,
    pathlib.Path("a"), [pathlib.PurePosixPath("a")], {"z": EAST}, range(3), fractions.Fraction(1, 2), Symbol("s"),
    {pathlib.Path("a"): 1}, (BIG, "\ud800"), {BIG}, collections.deque([1]), NON_EXISTENCE, [NON_EXISTENCE],
]  # fmt: skip


@pytest.mark.parametrize("value", UNTYPED, ids=short)
def test_what_needs_no_annotation_comes_back_without(value: Any) -> None:
    for hint in (Any, object):
        assert same(deserialize(serialize(value), hint), value)


def test_without_an_annotation_classes_come_back_as_what_they_hold() -> None:
    assert deserialize(serialize(Leaf(pathlib.Path("x")))) == {"path": pathlib.Path("x"), "key": None}
    assert deserialize(serialize([(1, 2), {3}])) == [[1, 2], [3]]
    assert deserialize(serialize(Color.RED)) == "red"


@given(st.data())
def test_any_value_can_be_stored(values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    value = data.draw(values)
    deserialize(serialize(value))


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None))
    | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(PLAIN)
def test_plain_values_come_back_without_an_annotation(value: Any) -> None:
    assert same(deserialize(serialize(value)), value)


@given(st.integers(), st.datetimes(timezones=st.timezones()), st.sets(st.integers()), st.text())
def test_fields_come_back(number: int, moment: datetime.datetime, numbers: set[int], text: str) -> None:
    record = Record(moment, frozenset(numbers))
    tree = Tree(text, pair=Pair(number), tags={text}, variant=record, children=[Tree(text)])
    assert deserialize(serialize(tree), Tree) == tree

"""A memo hit gives what the miss gave: the same classes, the same content, no code of theirs run again; or an error."""

from __future__ import annotations

import abc
import collections
import dataclasses
import datetime
import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal, NamedTuple, NotRequired, TypedDict, TypeVar

import msgspec
import numpy as np
import pydantic
import pytest

import cocoindex as coco
from cocoindex.errors import SerializationError

T = TypeVar("T")
Make = Callable[..., coco.App[Any, Any]]
posts: list[int] = []


@dataclasses.dataclass
class Base:
    x: int


@dataclasses.dataclass
class Derived(Base):
    y: str = "y"


@dataclasses.dataclass
class Same(Base):
    """Adds nothing but its class."""


@dataclasses.dataclass
class Doubling:
    x: int

    def __post_init__(self) -> None:
        posts.append(self.x)
        self.x *= 2


@dataclasses.dataclass
class Stamped:
    x: int

    def __post_init__(self) -> None:
        self.stamp = object.__hash__(self) % 7


@dataclasses.dataclass(frozen=True, slots=True)
class Box(Generic[T]):
    item: T


@dataclasses.dataclass
class Free:
    anything: Any = None
    numbers: Sequence[float] = ()


class Pair(NamedTuple):
    a: int
    base: Base


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Bits(enum.Flag):
    A = 1
    B = 2


class Cat(pydantic.BaseModel):
    name: str = ""


class Dog(pydantic.BaseModel):
    name: str = ""
    _told: int = pydantic.PrivateAttr(default=0)


class Owner(pydantic.BaseModel):
    pet: Cat | Dog
    others: list[Cat | Dog] = []


class Struct(msgspec.Struct):
    x: int
    base: Base


class Open(TypedDict):
    base: Base
    more: NotRequired[Color]


class Name(str):
    """Adds nothing but its class."""


@dataclasses.dataclass
class Named:
    name: str
    base: Base


@dataclasses.dataclass
class Inner:
    color: Color


@dataclasses.dataclass
class Deep(Base):
    inner: list[Inner] = dataclasses.field(default_factory=lambda: [Inner(Color.RED)])


class Shape(abc.ABC):  # noqa: B024  # what is tested
    """Has no fields."""


@dataclasses.dataclass(slots=True)
class Square(Shape):
    side: int


@dataclasses.dataclass(frozen=True)
class Key:
    x: int


class Planet(enum.Enum):
    EARTH = (1, 2.0)


class Parsed(NamedTuple):
    a: int


class Counted(Parsed):
    def __new__(cls, text: str) -> Counted:
        return super().__new__(cls, len(text))


Keyword = msgspec.defstruct("Keyword", [("class", int), ("base", Base)], module=__name__)


def with_another_attribute() -> Free:
    free = Free()
    del free.anything
    free.more = 1  # type: ignore[attr-defined]  # what is tested
    return free


def told(n: int) -> Dog:
    dog = Dog(name="d")
    dog._told = n
    return dog


CASES: list[tuple[Any, Any]] = [
    (Base(1), Base),
    (Derived(1, "z"), Base),
    (Same(1), Base),
    ([Base(1), Derived(2), Same(3)], list[Base]),
    ({"a": Derived(1)}, dict[str, Base]),
    ((Derived(1), 2), tuple[Base, int]),
    (Derived(1), Base | None),
    (Base(1), Base | Pair),
    (Pair(1, Derived(2)), Base | Pair),
    ([Base(1), Pair(1, Base(2)), Color.RED], list[Base | Pair | Color]),
    (Pair(1, Derived(2)), Pair),
    (Doubling(1), Doubling),
    ([Doubling(1)], list[Doubling]),
    (Box(Derived(1)), Box[Base]),
    (Box(Color.BLUE), Box[Color]),
    (Free((1, 2)), Free),
    (Free({"a": (1,), "b": {1}}, (1, 2.5)), Free),
    (Bits.A | Bits.B, Bits),
    (Owner(pet=Dog(name="d"), others=[Cat(), Dog()]), Owner),
    ([Cat(), Dog()], list[Cat | Dog]),
    (told(3), Dog),
    (Struct(1, Derived(2)), Struct),
    ({"base": Derived(1), "more": Color.RED}, Open),
    ("a", Literal["a"] | Base),
    (Named("n", Base(1)), Named),
    (with_another_attribute(), Free),
    (Keyword(1, Base(2)), Keyword),
    (Base(1), Base | Doubling),
    (None, Base | Doubling | None),
    ([Base(1), Doubling(1)], list[Base | Doubling]),
    ({"a": Derived(1)}, Mapping[str, Base | Named]),
    ([Base(1)], list[Base] | list[Named]),
    ({"x": 1}, Base | dict[str, int]),
    ([1], Pair | list[int]),
    ("2024-01-01T00:00:00", datetime.datetime | str),
    (datetime.datetime(2024, 1, 1), datetime.datetime | str),
    (datetime.date(2024, 1, 1), datetime.date | datetime.datetime),
    (b"a", bytes | str),
    ("red", Color | str),
    (Color.RED, Color | str),
    ({1}, set[int] | list[int]),
    ((1, 2), tuple[int, ...] | list[int]),
    ((1, 2), Sequence[int]),
    ([Base(1)], Iterable[Base]),
    ((1, (2, 3)), tuple),
    (collections.deque([Base(1), Derived(2)]), collections.deque[Base]),
    (collections.deque([1, 2]), collections.deque[int]),
    ((Color.RED, {"a": Base(1)}), tuple[Any | Color, Any | dict[str, Base]]),
    (np.float32(1.5), Pair | np.float32),
    ({Key(1): 2}, np.ndarray | dict[Key, int]),
    (Square(1), Shape),
    (Deep(1), Base),
    ([Base(1), Deep(1)], list[Base]),
    ([Square(1)], list[Shape]),
    (Color.RED, Literal[Color.RED, Color.BLUE]),
    (Planet.EARTH, Planet),
    (Counted("abc"), Counted),
    ([Counted("abc")], list[Base | Counted]),
]


def describe(value: Any) -> Any:
    """A value with the class of each part."""
    if isinstance(value, list | tuple | set):
        return type(value), [describe(part) for part in value]
    if isinstance(value, dict):
        return [(key, describe(part)) for key, part in value.items()]
    if isinstance(value, pydantic.BaseModel):
        return type(value), describe({**vars(value), **(value.__pydantic_private__ or {})})
    if isinstance(value, msgspec.Struct):
        return type(value), describe(msgspec.structs.asdict(value))
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return type(value), [describe(getattr(value, name)) for name in names], getattr(value, "__dict__", None)
    return type(value), value


@pytest.mark.parametrize(("value", "annotation"), CASES, ids=[f"{value} as {hint}" for value, hint in CASES])
def test_the_hit_is_the_same(make_app: Make, value: Any, annotation: Any) -> None:
    runs: list[int] = []

    def give(n: int) -> Any:
        runs.append(1)
        return value

    give.__annotations__["return"] = annotation
    called = coco.fn(memo=True)(give)

    async def main() -> Any:
        mounted = await coco.use_mount(coco.component_subpath("mounted"), called, 1)
        return called(2), mounted

    app = make_app(main)
    first, second = app.update_blocking(), app.update_blocking()
    assert len(runs) == 2
    assert repr(describe(second)) == repr(describe(first)) == repr(describe((value, value)))


def test_post_init_does_not_run_again(make_app: Make) -> None:
    @coco.fn(memo=True)
    def give() -> Doubling:
        return Doubling(5)

    async def main() -> Any:
        return give()

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking()
    before = len(posts)
    app.update_blocking()
    assert len(posts) == before


def test_attributes_that_no_field_says_are_kept(make_app: Make) -> None:
    @coco.fn(memo=True)
    def give() -> Stamped:
        stamped = Stamped(1)
        stamped.stamp = 100
        return stamped

    async def main() -> Any:
        return give().stamp

    app = make_app(main)
    assert [app.update_blocking(), app.update_blocking()] == [100, 100]


@pytest.mark.parametrize("value", [Free(Derived(1)), Named(Name("n"), Base(1))], ids=["Free", "Named"])
def test_what_would_come_back_otherwise_is_refused(make_app: Make, value: Any) -> None:
    def give() -> Any:
        return value

    kind = type(value)
    give.__annotations__["return"] = kind
    called = coco.fn(memo=True)(give)

    async def main() -> Any:
        return called()

    found = rf"result of .*give.*as {kind.__name__}, it would change.*annotate"
    with pytest.raises(SerializationError, match=found):
        make_app(main).update_blocking()


def test_a_value_that_is_not_what_the_annotation_says_is_a_miss(
    make_app: Make, caplog: pytest.LogCaptureFixture
) -> None:
    @coco.fn(memo=True)
    def give() -> Any:
        return Color.RED

    give.fn.__annotations__["return"] = Base

    async def main() -> Any:
        return give()

    app = make_app(main)
    assert [app.update_blocking(), app.update_blocking()] == [Color.RED, Color.RED]
    assert "cannot be read and runs again" in caplog.text


def test_a_state_of_a_component_is_what_was_assigned(make_app: Make) -> None:
    async def main() -> Any:
        state = coco.use_state("state", None, type_hint=Base)
        found, state.value = state.value, Derived(1, "kept")
        return found

    app = make_app(main)
    assert [app.update_blocking(), app.update_blocking()] == [None, Derived(1, "kept")]

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import pytest

from cocoindex._values import (
    canonical_bytes,
    memo_fingerprint,
    register_memo_key_function,
    register_memo_type,
)
from cocoindex.errors import MemoKeyRegistrationError


@dataclasses.dataclass
class Keyed:
    name: str
    noise: int = 0

    def __coco_memo_key__(self) -> object:
        return ("keyed", self.name)


@dataclasses.dataclass
class KeyedAlike(Keyed):
    pass


def test_a_memo_key_method_stands_for_the_structure() -> None:
    assert canonical_bytes(Keyed("a", 1)) == canonical_bytes(Keyed("a", 2)) != canonical_bytes(Keyed("b", 1))
    assert canonical_bytes([Keyed("a", 1)]) == canonical_bytes([Keyed("a", 2)])


def test_a_memo_key_belongs_to_its_class() -> None:
    assert canonical_bytes(Keyed("a")) != canonical_bytes(KeyedAlike("a"))
    assert canonical_bytes(Keyed("a")) != canonical_bytes(("keyed", "a"))


def test_the_most_specific_registration_counts() -> None:
    class Base:
        def __init__(self, noise: int) -> None:
            self.noise = noise

    class Middle(Base):
        pass

    class Leaf(Middle):
        pass

    before = canonical_bytes(Leaf(1))
    register_memo_key_function(Base, lambda obj: "base")
    assert canonical_bytes(Leaf(1)) == canonical_bytes(Leaf(2)) != before
    register_memo_key_function(Middle, lambda obj: ("middle", obj.noise))
    assert canonical_bytes(Leaf(1)) != canonical_bytes(Leaf(2))
    assert canonical_bytes(Base(1)) == canonical_bytes(Base(2))


def test_the_method_comes_before_a_registration() -> None:
    class Both:
        def __coco_memo_key__(self) -> object:
            return "method"

    before = canonical_bytes(Both())
    register_memo_key_function(Both, lambda obj: "registered")
    assert canonical_bytes(Both()) == before


def test_a_registration_counts_for_what_derives_from_it() -> None:
    class Rooted(pathlib.PurePosixPath):
        pass

    register_memo_key_function(Rooted, lambda path: path.name)
    assert canonical_bytes(Rooted("a/x")) == canonical_bytes(Rooted("b/x"))
    assert canonical_bytes(pathlib.PurePosixPath("a/x")) != canonical_bytes(pathlib.PurePosixPath("b/x"))


def test_objects_in_a_memo_key_have_memo_keys_too() -> None:
    class Outer:
        def __init__(self, inner: Keyed) -> None:
            self.inner = inner

        def __coco_memo_key__(self) -> object:
            return [self.inner]

    assert canonical_bytes(Outer(Keyed("a", 1))) == canonical_bytes(Outer(Keyed("a", 2)))


def test_a_type_id_survives_a_move() -> None:
    def make(module: str, **names: Any) -> Any:
        cls = dataclasses.make_dataclass("Moved", ["x"], namespace=names)
        cls.__module__ = module
        return cls

    old, new = make("old", __coco_memo_type_id__="moved"), make("new", __coco_memo_type_id__="moved")
    assert canonical_bytes(old(1)) == canonical_bytes(new(1)) != canonical_bytes(new(2))
    assert canonical_bytes(old) == canonical_bytes(new)
    old, new = make("old"), make("new")
    assert canonical_bytes(old(1)) != canonical_bytes(new(1))
    register_memo_type(old, stable_type_id="moved")
    register_memo_type(new, stable_type_id="moved")
    assert canonical_bytes(old(1)) == canonical_bytes(new(1))


def test_a_subclass_does_not_inherit_a_type_id() -> None:
    class Base:
        __coco_memo_type_id__ = "base"

    class Derived(Base):
        pass

    assert canonical_bytes(Base()) != canonical_bytes(Derived())


def test_what_cannot_be_registered_is_refused() -> None:
    with pytest.raises(MemoKeyRegistrationError, match="takes a class"):
        register_memo_key_function("str", str)  # type: ignore[arg-type]
    with pytest.raises(MemoKeyRegistrationError, match="key_fn for"):
        register_memo_key_function(Keyed, 3)  # type: ignore[arg-type]
    with pytest.raises(MemoKeyRegistrationError, match="state_fn for"):
        register_memo_key_function(Keyed, repr, state_fn=3)  # type: ignore[arg-type]
    with pytest.raises(MemoKeyRegistrationError, match="has to be a non-empty string"):
        register_memo_type(Keyed, stable_type_id="")


async def asynchronous(obj: object) -> int:
    return 1


@pytest.mark.parametrize(
    ("functions", "says"),
    [
        ({"key_fn": lambda: 1}, "key_fn for Keyed has to be a function of an object: too many"),
        ({"key_fn": lambda a, b: 1}, "key_fn for Keyed has to be a function of an object: missing .*'b'"),
        ({"key_fn": asynchronous}, "key_fn for Keyed is async; only state_fn can be"),
        ({"key_fn": repr, "state_fn": lambda a: 1}, "state_fn for Keyed .* an object and its previous state: too many"),
        ({"key_fn": repr, "state_fn": lambda a, b, c: 1}, "state_fn for Keyed .*missing .*'c'"),
    ],
)
def test_functions_that_cannot_be_called_so_are_refused_when_they_are_registered(functions: Any, says: str) -> None:
    with pytest.raises(MemoKeyRegistrationError, match=says):
        register_memo_key_function(Keyed, **functions)


@pytest.mark.parametrize("function", [repr, str, len, lambda obj, more=1: 1, lambda *args: 1, str.lower])
def test_functions_that_can_be_called_so_may_be_registered(function: Any) -> None:
    class Thing: ...

    register_memo_key_function(Thing, function, state_fn=lambda *args: None)


def test_a_fingerprint_shows_itself() -> None:
    fingerprint = memo_fingerprint(("a", 1))
    assert len(fingerprint.as_bytes()) == 16
    assert bytes(fingerprint) == fingerprint.as_bytes()
    assert str(fingerprint) == f"#{fingerprint.as_bytes().hex()}"
    assert repr(fingerprint) == f"Fingerprint({fingerprint})"
    assert fingerprint == memo_fingerprint(("a", 1)) and {fingerprint: 1}[memo_fingerprint(("a", 1))] == 1
    one, other = sorted([memo_fingerprint(1), memo_fingerprint(2)])
    assert one < other and one != other and one.as_bytes() < other.as_bytes()

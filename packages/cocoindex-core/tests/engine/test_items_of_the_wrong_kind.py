"""What `mount_each` cannot take for pairs is told at once: the item, or what was given in place of items."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import InvalidStableKeyError, MountError, MountTypeError


@coco.fn
async def child(value: int) -> None: ...


async def fetch() -> list[tuple[str, int]]:
    return [("a", 1)]


async def numbers() -> AsyncIterator[int]:
    yield 1


def pairs() -> Iterator[tuple[str, int]]:
    yield ("a", 1)


class Source:
    def items(self) -> list[tuple[str, int]]:
        return [("a", 1)]


def mounting(make_app: Any, items: Callable[[], Any]) -> None:
    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, items())

    make_app(main).update_blocking()


@pytest.mark.parametrize(
    ("items", "advice"),
    [
        (lambda: None, "give what can be iterated over"),
        (lambda: 5, "give what can be iterated over"),
        (lambda: coco.component_subpath("a"), "give what can be iterated over"),
        (lambda: pathlib.Path("folder"), "give what can be iterated over"),
        (lambda: pairs, "call it"),
        (lambda: numbers, "call it"),
        (lambda: {"a": 1}.items, "call it"),
        (fetch, "await it"),
        (lambda: {"a": 1}, r"give its items\(\)"),
        (lambda: {("a", 1): 2}, r"give its items\(\)"),
        (dict, r"give its items\(\)"),
        (Source, r"give its items\(\)"),
    ],
)
def test_what_is_no_iterable_of_pairs(make_app: Any, items: Any, advice: str) -> None:
    said = rf"coco\.mount_each\(\) takes an iterable of \(key, value\) pairs, not a .*; {advice}"
    with pytest.raises(MountTypeError, match=said) as caught:
        mounting(make_app, items)
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("item", [(), (1,), (1, 2, 3), [1], [1, 2, 3]])
def test_pairs_of_another_length(make_app: Any, item: Any) -> None:
    with pytest.raises(MountError, match=rf"pairs, not {len(item)} values: ") as caught:
        mounting(make_app, lambda: [("good", 1), item])
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("item", [5, None, "ab", b"ab", {1, 2}, {"a": 1}])
def test_items_that_are_no_pairs(make_app: Any, item: Any) -> None:
    with pytest.raises(MountTypeError, match=r"pairs, not .*give its items\(\)"):
        mounting(make_app, lambda: [("good", 1), item])


@pytest.mark.parametrize("items", [numbers, lambda: "ab", lambda: b"ab", lambda: iter([1])])
def test_iterables_of_something_else(make_app: Any, items: Any) -> None:
    with pytest.raises(MountTypeError, match=r"\(key, value\) pairs, not"):
        mounting(make_app, items)


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        (["a"], r"use tuple\(value\)"),
        (1.5, "a float may change"),
        ({}, "use tuple"),
        ({"a"}, "use tuple"),
        (pathlib.Path("a"), "use its text"),
        (coco.component_subpath("a"), "use what identifies it"),
        (coco.ContextKey[int]("items/key"), "use what identifies it"),
        (object(), "use what identifies it"),
    ],
)
def test_keys(make_app: Any, key: Any, advice: str) -> None:
    with pytest.raises(InvalidStableKeyError, match=f"cannot be a stable key.*{advice}"):
        mounting(make_app, lambda: [("good", 1), (key, 2)])

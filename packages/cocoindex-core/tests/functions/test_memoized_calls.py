"""What a memoized call does, where it takes effect, and which calls are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

import cocoindex as coco
from cocoindex import errors

T = TypeVar("T")


def test_outside_a_component_the_cache_is_bypassed() -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    def slow(x: int) -> int:
        runs.append(x)
        return x

    assert slow(1) == slow(1) == 1
    assert runs == [1, 1]


def test_when_the_cache_hits_neither_the_body_nor_nested_calls_run(make_app: Any) -> None:
    runs: list[str] = []

    @coco.fn(memo=True)
    async def inner(text: str) -> str:
        runs.append("inner")
        return text.upper()

    @coco.fn(memo=True)
    async def outer(text: str) -> str:
        runs.append("outer")
        return await inner(text) + "!"

    @coco.fn
    async def main() -> str:
        return await outer("hello")

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == "HELLO!"
    assert runs == ["outer", "inner"]


def test_a_call_that_raises_leaves_no_entry(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    def broken() -> int:
        runs.append(1)
        if len(runs) == 1:
            raise KeyError("first")
        return 7

    async def main() -> int:
        try:
            return broken()
        except KeyError:
            return -1

    app = make_app(main)
    assert [app.update_blocking() for _ in range(3)] == [-1, 7, 7]
    assert runs == [1, 1]


def test_a_memoized_call_cannot_mount_and_the_error_says_what_to_do(make_app: Any) -> None:
    @coco.fn
    async def child() -> None: ...

    @coco.fn(memo=True)
    async def parent() -> None:
        await coco.mount(child)

    async def calls() -> None:
        await parent()

    async def mounts() -> None:
        await coco.use_mount(parent)

    with pytest.raises(errors.MountError, match="Mount the function itself as a component"):
        make_app(calls).update_blocking()
    make_app(mounts, name="other").update_blocking()


def test_none_is_a_result_like_any_other(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    def nothing(x: int) -> None:
        runs.append(x)

    async def main() -> None:
        nothing(1)

    app = make_app(main)
    app.update_blocking()
    app.update_blocking()
    assert runs == [1]


def test_a_generic_function_gives_what_basic_types_can_hold(make_app: Any) -> None:
    @coco.fn(memo=True)
    def same(x: T) -> T:
        return x

    values: list[Any] = [1, "a", {"k": [1, None]}, None, (1, 2)]

    async def main() -> list[Any]:
        return [same(value) for value in values]

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == values


def test_functions_of_one_name_are_told_apart_by_their_logic(make_app: Any) -> None:
    def make(factor: int) -> Callable[[int], int]:
        @coco.fn(memo=True, deps=factor)
        def times(x: int) -> int:
            return factor * x

        return times

    two, three = make(2), make(3)
    plus, minus = coco.fn(memo=True)(lambda x: x + 1), coco.fn(memo=True)(lambda x: x - 1)

    async def main() -> list[int]:
        return [two(5), three(5), plus(5), minus(5)]

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == [10, 15, 6, 4]


def test_methods_class_methods_and_static_methods_are_memoized(make_app: Any) -> None:
    runs: list[Any] = []

    class Owner:
        def __init__(self, name: str) -> None:
            self.name = name

        def __coco_memo_key__(self) -> object:
            return self.name

        @coco.fn(memo=True)
        def method(self, x: int) -> str:
            runs.append((self.name, x))
            return f"{self.name}{x}"

        @classmethod
        @coco.fn(memo=True)
        def class_method(cls, x: int) -> str:
            runs.append((cls.__name__, x))
            return f"{cls.__name__}{x}"

        @staticmethod
        @coco.fn(memo=True)
        def static_method(x: int) -> int:
            runs.append(x)
            return x

    class Derived(Owner): ...

    async def main() -> list[Any]:
        of_objects = [Owner("a").method(1), Owner("b").method(1)]
        return [*of_objects, Owner.class_method(1), Derived.class_method(1), Owner.static_method(1)]

    app = make_app(main)
    expected = ["a1", "b1", "Owner1", "Derived1", 1]
    assert app.update_blocking() == app.update_blocking() == expected
    assert runs == [("a", 1), ("b", 1), ("Owner", 1), ("Derived", 1), 1]


def test_as_async_of_a_memoized_function_uses_the_same_entry(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    def slow(x: int) -> int:
        runs.append(x)
        return x

    async def main() -> list[int]:
        return [await slow.as_async(1), slow(1)]

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == [1, 1]
    assert runs == [1]

"""A batched function may take more than the items: calls whose other arguments are equal share a batch."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any, assert_type

import pytest

import cocoindex as coco
from cocoindex import errors

Batches = list[tuple[Any, ...]]


def gathered(*calls: Any) -> list[Any]:
    async def main() -> list[Any]:
        return list(await asyncio.gather(*(call() for call in calls)))

    return asyncio.run(main())


def test_calls_are_grouped_by_the_other_arguments_however_these_are_given() -> None:
    batches: Batches = []

    @coco.fn.as_async(batching=True)
    def embed(texts: list[str], model: str = "small", *, size: int = 2) -> list[str]:
        batches.append((model, size, texts))
        return [f"{model}{size}{text}" for text in texts]

    assert gathered(
        lambda: embed("a"),
        lambda: embed("b", "large"),
        lambda: embed("c", model="small"),
        lambda: embed(texts="d", size=2, model="large"),  # type: ignore[call-arg]  # its type cannot say the name
        lambda: embed("e", size=3),
    ) == ["small2a", "large2b", "small2c", "large2d", "small3e"]
    # Each runs in a thread of its own.
    assert sorted(batches) == [("large", 2, ["b", "d"]), ("small", 2, ["a", "c"]), ("small", 3, ["e"])]


def test_any_further_arguments_go_to_the_body() -> None:
    @coco.fn(batching=True)
    async def collect(items: list[int], /, *rest: int, **named: int) -> list[Any]:
        return [(items, rest, named)] * len(items)

    assert gathered(lambda: collect(1, 5, a=1), lambda: collect(2, 5, a=1), lambda: collect(3, a=1, b=2)) == [
        ([1, 2], (5,), {"a": 1}),
        ([1, 2], (5,), {"a": 1}),
        ([3], (), {"a": 1, "b": 2}),
    ]


class Base:
    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class Model(Base):
    @coco.fn.as_async(batching=True)
    def run(this, xs: list[int], k: int, *, off: int) -> list[Any]:
        return [(this.name, len(xs), x * k + off) for x in xs]

    @staticmethod
    @coco.fn.as_async(batching=True)
    def plain(xs: list[int], k: int) -> list[int]:
        return [len(xs) * k for _ in xs]

    @classmethod
    @coco.fn.as_async(batching=True)
    def of_class(cls, xs: list[int], k: int) -> list[Any]:
        return [(cls.__name__, len(xs) * k) for _ in xs]


def test_methods_are_grouped_by_their_instance_too_which_is_one_by_identity() -> None:
    one, other = Model("one"), Model("other")
    assert gathered(lambda: one.run(1, 2, off=5), lambda: one.run(3, k=2, off=5), lambda: other.run(1, 2, off=5)) == [
        ("one", 2, 7),
        ("one", 2, 11),
        ("other", 1, 7),
    ]


def test_static_and_class_methods() -> None:
    assert gathered(*[lambda: Model.plain(1, 3)] * 2) == [6, 6]
    assert gathered(*[lambda: Model.of_class(1, 3)] * 2) == [("Model", 6)] * 2


@dataclasses.dataclass(frozen=True)
class Options:
    size: int


@pytest.mark.parametrize(
    ("make", "batches"),
    [
        (lambda: [1, 1.0, True], 3),
        (lambda: [0.0, -0.0], 2),
        (lambda: [float("nan"), float("nan")], 1),
        (lambda: [(1,), (True,)], 2),
        (lambda: [[1, {"a": [2]}], [1, {"a": [2]}], [1, {"a": [3]}]], 2),
        (lambda: [{"a": 1, "b": 2}, {"b": 2, "a": 1}], 1),
        (lambda: [{1, 2}, {2, 1}, frozenset({1, 2})], 2),
        (lambda: [Options(1), Options(1), Options(2)], 2),
        (lambda: [bytearray(b"a"), bytearray(b"a")], 2),
    ],
)
def test_which_values_are_equal(make: Callable[[], list[Any]], batches: int) -> None:
    sizes: list[int] = []

    @coco.fn.as_async(batching=True)
    def take(items: list[int], value: Any) -> list[Any]:
        sizes.append(len(items))
        return [value] * len(items)

    values = make()
    results = gathered(*(lambda value=value: take(1, value) for value in values))
    assert list(map(repr, results)) == list(map(repr, values)) or batches < len(values)
    assert (len(sizes), sum(sizes)) == (batches, len(values))


def test_an_argument_whose_hash_fails_fails_its_own_call() -> None:
    class Broken:
        def __hash__(self) -> int:
            raise GeneratorExit("broken")

    @coco.fn.as_async(batching=True)
    def take(items: list[int], value: Any) -> list[int]:
        return items

    async def main() -> list[Any]:
        return list(await asyncio.gather(take(1, 0), take(2, Broken()), take(3, 0), return_exceptions=True))

    assert list(map(repr, asyncio.run(main()))) == ["1", "GeneratorExit('broken')", "3"]


def test_what_does_not_match_is_told_with_the_function() -> None:
    @coco.fn.as_async(batching=True)
    def embed(texts: list[str], model: str) -> list[str]:
        return texts

    call: Any = embed
    with pytest.raises(errors.FunctionArgumentError, match=r"embed is batched.*missing a required argument: 'model'"):
        asyncio.run(call("a"))


def test_memo_keys_hold_all_arguments(make_app: Any) -> None:
    batches: Batches = []

    @coco.fn.as_async(batching=True, memo=True)
    def embed(texts: list[str], model: str) -> list[str]:
        batches.append((model, texts))
        return [model + text for text in texts]

    models = ["s"]

    async def main() -> list[str]:
        return await asyncio.gather(*(embed(text, model) for model in models for text in "ab"))

    app = make_app(main)
    assert app.update_blocking() == ["sa", "sb"]
    models.append("l")
    assert app.update_blocking() == ["sa", "sb", "la", "lb"]
    assert batches == [("s", ["a", "b"]), ("l", ["a", "b"])]


@coco.fn(batching=True)
async def typed(texts: list[str], model: int) -> list[float]:
    return [1.0 * model for _ in texts]


def test_type_checkers_see_them() -> None:
    async def main() -> None:
        assert_type(await typed("a", 1), float)

    asyncio.run(main())

"""Memoized functions that differ by what they captured, or by their defaults, do not share results."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pydantic
import pytest

import cocoindex as coco

pytestmark = pytest.mark.anyio


@dataclass
class Options:
    size: int


class Model(pydantic.BaseModel):
    size: int


def by_capture(n: Any) -> Callable[..., Any]:
    def work(x: Any) -> Any:
        return repr((x, n if not callable(n) else n(x)))

    return work


def by_default(n: Any) -> Callable[..., Any]:
    def work(x: Any, by: Any = n) -> Any:
        return repr((x, by if not callable(by) else by(x)))

    return work


def repr_of(pair: Any) -> str:
    return repr(pair)


def by_wrapper(n: Any) -> Callable[..., Any]:
    from functools import wraps

    def decorate(fn: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(fn)
        def wrapper(x: Any) -> Any:
            return fn((x, n if not callable(n) else n(x)))

        return wrapper

    return decorate(repr_of)


Values = tuple[Any, ...]
VALUES: list[Values] = [
    ([1], [1, 2], [2, 1]), ({"a": 1}, {"a": 2}, {"b": 1}), ({1}, {1, 2}), ([{"a": [1]}], [{"a": [2]}]),
    (Options(1), Options(2)), ([Options(1)], [Options(2)]), (Model(size=1), Model(size=2)), (([1],), ([2],)),
    (deque([1]), deque([2])), (Counter("a"), Counter("aa")), (bytearray(b"a"), bytearray(b"b")),
    (1, 2), ("a", "b"), ((1,), (1, 2)), (1, True, 1.0, "1", None), (str, repr), (lambda x: [x], lambda x: [x, x]),
]  # fmt: skip


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("make", [by_capture, by_default, by_wrapper])
@pytest.mark.parametrize("tracking", ["full", "self", None])
async def test_each_has_its_own_results(env: coco.Environment, make: Any, values: Values, tracking: Any) -> None:
    runs: list[Any] = []

    def counting(fn: Any) -> Any:
        def counted(x: Any) -> Any:
            runs.append(x)
            return fn(x)

        return counted

    functions = [coco.fn(memo=True, logic_tracking=tracking)(counting(make(value))) for value in values]

    @coco.fn
    async def main() -> list[Any]:
        return [function(7) for function in functions]

    app = coco.App(coco.AppConfig("loop", environment=env), main)
    wanted = [make(value)(7) for value in values]
    for _ in range(2):
        assert await app.update() == wanted
        assert len(runs) == len(values)


async def test_marked_functions_that_were_captured(env: coco.Environment) -> None:
    def inner(n: int) -> Any:
        @coco.fn
        def times(x: int) -> int:
            return x * n

        return times

    def outer(called: Any) -> Any:
        @coco.fn(memo=True)
        def call(x: int) -> int:
            return int(called(x))

        return call

    functions = [outer(inner(n)) for n in (2, 3)]

    @coco.fn
    async def main() -> list[int]:
        return [function(7) for function in functions]

    app = coco.App(coco.AppConfig("captured", environment=env), main)
    assert await app.update() == [14, 21]
    assert await app.update() == [14, 21]


def test_what_a_function_collects_is_not_what_it_is_made_of(run_versions: Callable[..., list[Any]]) -> None:
    count = 0

    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(memo=True)
        def work(x: int) -> int:
            nonlocal count
            count += 1
            log.append("ran")
            return x

        @coco.fn
        async def main() -> int:
            return int(work(1))

        return main

    assert run_versions(build, (1, 2)) == ["ran", "|", "|"]
    assert count == 1

"""What a function changes of what it captured is its state: another content of it does not make another function."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

import cocoindex as coco

pytestmark = pytest.mark.anyio


@dataclass
class Tally:
    """A record with a method that changes it."""

    calls: int = 0
    seen: list[Any] = field(default_factory=list)

    def count(self) -> None:
        self.calls += 1


def appends(state: list[Any]) -> Callable[[Any], Any]:
    return lambda x: state.append(x)


def in_lines(state: list[Any]) -> Callable[[Any], Any]:
    def work(x: Any) -> None:
        (
            state
            .append(x)
        )  # fmt: skip

    return work


def assigns_an_item(state: dict[Any, Any]) -> Callable[[Any], Any]:
    def work(x: Any) -> None:
        state[len(state)] = x

    return work


def counts_in_an_item(state: Counter[Any]) -> Callable[[Any], Any]:
    def work(x: Any) -> None:
        state[x] += 1

    return work


def deep(state: dict[str, list[Any]]) -> Callable[[Any], Any]:
    def work(x: Any) -> None:
        state["seen"].append(x)
        state["first"][0:1] = [len(state["seen"])]

    return work


def in_a_pair(state: list[Any]) -> Callable[[Any], Any]:
    pair = (state, 1)

    def work(x: Any) -> None:
        pair[0].append(x)

    return work


def in_a_helper(state: list[Any]) -> Callable[[Any], Any]:
    def note(x: Any) -> None:
        state.append(x)

    def work(x: Any) -> int:
        note(x)
        return len(state) and 1

    return work


def in_a_comprehension(state: set[Any]) -> Callable[[Any], Any]:
    def work(x: Any) -> list[Any]:
        return [state.add((len(state), y)) for y in [x]]  # type: ignore[func-returns-value]  # what counts is the call

    return work


def deletes(state: deque[Any]) -> Callable[[Any], Any]:
    def work(x: Any) -> None:
        del state[0]

    return work


def of_a_record(state: Tally) -> Callable[[Any], Any]:
    def work(x: Any) -> None:
        state.calls += 1

    return work


def in_a_field(state: Tally) -> Callable[[Any], Any]:
    def work(x: Any) -> None:
        state.seen.append(x)

    return work


def by_a_method(state: Tally) -> Callable[[Any], Any]:
    def work(x: Any) -> None:
        state.count()

    return work


@pytest.mark.parametrize(
    "make, state",
    [
        (appends, []), (in_lines, []), (assigns_an_item, {}), (assigns_an_item, defaultdict(int)),
        (counts_in_an_item, Counter()), (deep, {"seen": [], "first": [0]}), (in_a_pair, []), (in_a_helper, []),
        (in_a_comprehension, set()), (deletes, deque([1, 2, 3])), (of_a_record, Tally()), (in_a_field, Tally()),
        (by_a_method, Tally()),
    ],
)  # fmt: skip
async def test_a_function_that_is_made_anew_is_the_same(
    env: coco.Environment, make: Callable[[Any], Callable[[Any], Any]], state: Any
) -> None:
    runs: list[int] = []

    def made() -> Any:
        work = make(state)

        @coco.fn(memo=True)
        def counted(x: int) -> Any:
            runs.append(x)
            return work(x)

        @coco.fn
        async def main() -> Any:
            return counted(7)

        return main

    for _ in range(3):
        await coco.App(coco.AppConfig("state", environment=env), made()).update()
    assert runs == [7]


async def test_a_list_that_holds_itself(env: coco.Environment) -> None:
    loop: list[Any] = [1]
    loop += [loop, loop, {"again": loop}]

    @coco.fn(memo=True)
    def first(x: int) -> Any:
        return (x, loop[0])

    assert first(1) == (1, 1)

"""A memoized result of a batched function is rebuilt as the annotation of all results says of each."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pytest
from numpy.typing import NDArray

import cocoindex as coco


@dataclasses.dataclass
class Value:
    number: int


class Values(list[Value]):
    pass


def values(numbers: list[int]) -> list[Any]:
    return [Value(number) for number in numbers]


async def rows(numbers: list[int]) -> NDArray[np.float32]:
    return np.array([[number, 1] for number in numbers], np.float32)


async def vectors(numbers: list[int]) -> list[NDArray[np.float32]]:
    return [np.array([number], np.float32) for number in numbers]


async def annotated(numbers: list[int]) -> Annotated[list[Value], "of numbers"]:
    return values(numbers)


async def tuples(numbers: list[int]) -> tuple[Value, ...]:
    return tuple(values(numbers))


async def sequence(numbers: list[int]) -> Sequence[Value]:
    return values(numbers)


async def either(numbers: list[int]) -> list[Value] | list[int]:
    return values(numbers)


async def of_either(numbers: list[int]) -> list[Value | None]:
    return values(numbers)


async def subclass(numbers: list[int]) -> Values:
    return Values(values(numbers))


async def unsaid(numbers: list[int]) -> Any:
    return [(number, "a") for number in numbers]


BODIES = [rows, vectors, annotated, tuples, sequence, either, of_either, subclass, unsaid]


@pytest.mark.parametrize("body", BODIES)
def test_a_hit_is_what_the_miss_was(make_app: Any, caplog: pytest.LogCaptureFixture, body: Any) -> None:
    runs: list[int] = []

    async def counted(numbers: list[int]) -> Any:
        runs.extend(numbers)
        return await body(numbers)

    counted.__annotations__["return"] = body.__annotations__["return"]
    fn = coco.fn(batching=True, memo=True, version=1)(counted)

    async def main() -> Any:
        return await asyncio.gather(fn(1), fn(2))

    app = make_app(main)
    missed, hit = app.update_blocking(), app.update_blocking()
    assert list(map(repr, hit)) == list(map(repr, missed)) and list(map(type, hit)) == list(map(type, missed))
    assert runs == [1, 2] and caplog.records == []

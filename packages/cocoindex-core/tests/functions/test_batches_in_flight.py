"""`batches_in_flight=`: how many batches of one function run at once, and how those that wait are shared out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

pytestmark = pytest.mark.anyio


class Gate:
    """Batches that have begun, which wait until they are let go on."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.at_once = 0
        self.most = 0
        self.open = asyncio.Event()

    async def run(self, xs: list[int]) -> list[int]:
        self.sizes.append(len(xs))
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await self.open.wait()
        self.at_once -= 1
        return [x * 10 for x in xs]


class Wide(coco.Runner):
    batches_in_flight = 4

    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        return await fn(*args, **kwargs)


class WiderForSome(Wide):
    def batches_of(self, fn: Callable[..., Any]) -> int:
        assert fn.__name__ == "work"
        return 5


async def run_20(options: Any, gate: Gate) -> list[int]:
    @coco.fn(batching=True, **options)
    async def work(xs: list[int]) -> list[int]:
        return await gate.run(xs)

    calls = [asyncio.ensure_future(work(x)) for x in range(20)]
    for _ in range(20):
        await asyncio.sleep(0)
    gate.open.set()
    results: list[int] = await asyncio.gather(*calls)
    return results


@pytest.mark.parametrize(
    ("options", "most", "sizes"),
    [
        ({}, 1, [20]),
        ({"batches_in_flight": 3}, 3, [7, 7, 6]),
        ({"batches_in_flight": 3, "max_batch_size": 4}, 3, [4, 4, 4, 4, 4]),
        ({"runner": Wide()}, 4, [5, 5, 5, 5]),
        ({"runner": WiderForSome()}, 5, [4, 4, 4, 4, 4]),
        ({"runner": Wide(), "batches_in_flight": 1}, 1, [20]),
        ({"batches_in_flight": 50}, 20, [1] * 20),
    ],
)
async def test_as_many_as_it_says(options: Any, most: int, sizes: list[int]) -> None:
    gate = Gate()
    assert await run_20(options, gate) == [x * 10 for x in range(20)]
    assert (gate.most, gate.sizes) == (most, sizes)


async def test_a_batch_that_fails_harms_none_of_the_others() -> None:
    @coco.fn(batching=True, batches_in_flight=3)
    async def work(xs: list[int]) -> list[int]:
        if 0 in xs:
            raise ValueError("bad")
        return xs

    results = await asyncio.gather(*map(work, range(9)), return_exceptions=True)
    assert [x for x in results if not isinstance(x, ValueError)] == [3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("count", [0, -1])
def test_counts_that_cannot_be(count: int) -> None:
    with pytest.raises(errors.FunctionDefinitionError, match="batches_in_flight"):
        coco.fn.as_async(batching=True, batches_in_flight=count)


def test_it_goes_with_batching() -> None:
    options: Any = {"batches_in_flight": 2}
    with pytest.raises(errors.FunctionDefinitionError, match="batches_in_flight= requires batching"):
        coco.fn.as_async(**options)

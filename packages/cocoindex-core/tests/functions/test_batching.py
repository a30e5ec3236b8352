"""Batching: concurrent calls of one item each are one call of the body with a list."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


def recording(**options: Any) -> tuple[Any, list[list[int]]]:
    batches: list[list[int]] = []

    @coco.fn.as_async(batching=True, **options)
    def double(xs: list[int]) -> list[int]:
        batches.append(list(xs))
        return [2 * x for x in xs]

    return double, batches


async def gather(fn: Any, n: int) -> list[Any]:
    return await asyncio.gather(*(fn(i) for i in range(n)))


def test_external_usage_is_single_input_single_output() -> None:
    double, batches = recording()
    assert asyncio.run(double(3)) == asyncio.run(double(xs=3)) == 6
    assert batches == [[3], [3]]


def test_concurrent_calls_are_collected_and_processed_together() -> None:
    double, batches = recording()
    assert asyncio.run(gather(double, 5)) == [0, 2, 4, 6, 8]
    assert batches == [[0, 1, 2, 3, 4]]


def test_max_batch_size_limits_how_many_inputs_are_processed_at_once() -> None:
    double, batches = recording(max_batch_size=2)
    assert asyncio.run(gather(double, 5)) == [0, 2, 4, 6, 8]
    assert batches == [[0, 1], [2, 3], [4]]


def test_what_is_called_while_a_batch_runs_is_in_the_next_one() -> None:
    batches: list[list[int]] = []
    running, go_on = asyncio.Event(), asyncio.Event()

    @coco.fn(batching=True)
    async def echo(xs: list[int]) -> list[int]:
        batches.append(list(xs))
        running.set()
        await go_on.wait()
        return xs

    async def main() -> list[int]:
        first = asyncio.ensure_future(echo(0))
        await running.wait()
        more = asyncio.gather(echo(1), echo(2))
        await asyncio.sleep(0)
        go_on.set()
        return [await first, *await more]

    assert asyncio.run(main()) == [0, 1, 2]
    assert batches == [[0], [1, 2]]


def test_batching_goes_with_an_async_body_under_coco_fn() -> None:
    @coco.fn(batching=True, max_batch_size=32)
    async def embed(texts: list[str]) -> list[int]:
        return [len(text) for text in texts]

    assert asyncio.run(embed("abc")) == 3


def test_batches_of_methods_are_those_of_one_instance() -> None:
    class Model:
        @coco.fn.as_async(batching=True)
        def embed(self, texts: list[str]) -> list[tuple[int, int]]:
            return [(id(self), len(texts))] * len(texts)

    async def main(one: Model, other: Model) -> Any:
        return await asyncio.gather(one.embed("a"), one.embed("b"), other.embed("c"))

    one, other = Model(), Model()
    assert asyncio.run(main(one, other)) == [(id(one), 2), (id(one), 2), (id(other), 1)]
    gone = weakref.ref(one)
    del one
    while gone() is not None:  # what has nothing to do does not keep its instance; its thread may still be returning
        gc.collect()


def test_a_caller_that_was_cancelled_is_left_out() -> None:
    double, batches = recording()

    async def main() -> int:
        calls = [asyncio.ensure_future(double(i)) for i in range(3)]
        await asyncio.sleep(0)
        calls[1].cancel()
        return sum([await calls[0], await calls[2]])

    assert asyncio.run(main()) == 4
    assert batches == [[0, 2]]


def test_each_call_of_asyncio_run_has_batches_of_its_own() -> None:
    double, batches = recording()
    for _ in range(3):
        assert asyncio.run(gather(double, 2)) == [0, 2]
    assert batches == [[0, 1]] * 3


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([], "0 results for a batch of 1"),
        ([1, 2], "2 results for a batch of 1"),
        (None, "a NoneType"),
        ("a", "a str"),
        ({0: 1}, "a dict"),
        ({1}, "a set"),
        ((x for x in [1]), "a generator"),
    ],
)
def test_a_body_that_returns_no_list_of_results_is_told_so(results: Any, said: str) -> None:
    @coco.fn.as_async(batching=True)
    def wrong(xs: list[int]) -> Any:
        return results

    with pytest.raises(errors.FunctionResultError, match=f"batched function wrong returned {said}"):
        asyncio.run(wrong(1))


@pytest.mark.parametrize(("args", "kwargs"), [((), {}), ((1, 2), {}), ((), {"other": 1}), ((1,), {"xs": 1})])
def test_a_call_takes_one_item(args: Any, kwargs: Any) -> None:
    double, _ = recording()
    with pytest.raises(errors.FunctionArgumentError, match="double is batched: a call takes one item, 'xs'") as caught:
        asyncio.run(double(*args, **kwargs))
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, ValueError)


def test_an_error_of_the_body_reaches_every_caller() -> None:
    @coco.fn.as_async(batching=True)
    def broken(xs: list[int]) -> list[int]:
        raise KeyError("broken")

    async def main() -> list[Any]:
        return list(await asyncio.gather(*(broken(i) for i in range(3)), return_exceptions=True))

    assert [type(error) for error in asyncio.run(main())] == [KeyError] * 3


def test_only_what_is_not_memoized_is_in_a_batch(make_app: Any) -> None:
    double, batches = recording(memo=True)
    count = 3

    async def main() -> list[int]:
        return await gather(double, count)

    app = make_app(main)
    assert app.update_blocking() == [0, 2, 4]
    count = 5
    assert app.update_blocking() == [0, 2, 4, 6, 8]
    assert batches == [[0, 1, 2], [3, 4]]

"""`coco.RetryWithSmallerBatch`: a failed batch is halved down to single items; one bad input fails only its caller."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco


def rejecting(bad: int) -> tuple[Any, list[list[int]]]:
    batches: list[list[int]] = []

    @coco.fn.as_async(batching=True)
    def embed(xs: list[int]) -> list[int]:
        batches.append(list(xs))
        try:
            if bad in xs:
                raise KeyError(bad)
        except KeyError as error:
            raise coco.RetryWithSmallerBatch() from error
        return xs

    return embed, batches


async def gather(fn: Any, n: int) -> list[Any]:
    return await asyncio.gather(*(fn(i) for i in range(n)), return_exceptions=True)


def test_one_bad_input_fails_only_its_own_caller() -> None:
    embed, batches = rejecting(5)
    results = asyncio.run(gather(embed, 8))
    assert [result for result in results if isinstance(result, int)] == [0, 1, 2, 3, 4, 6, 7]
    assert isinstance(results[5], KeyError) and results[5].args == (5,)
    assert batches == [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3], [4, 5, 6, 7], [4, 5], [4], [5], [6, 7]]


def test_at_size_1_the_original_error_is_raised() -> None:
    embed, batches = rejecting(0)
    assert isinstance(asyncio.run(gather(embed, 1))[0], KeyError)
    assert batches == [[0]]


def test_without_a_cause_the_signal_itself_is_the_error() -> None:
    @coco.fn.as_async(batching=True)
    def never(xs: list[int]) -> list[int]:
        raise coco.RetryWithSmallerBatch("too much")

    assert [str(error) for error in asyncio.run(gather(never, 2))] == ["too much"] * 2


def test_a_global_error_reaches_every_caller_at_a_bounded_cost() -> None:
    attempts: list[int] = []

    @coco.fn.as_async(batching=True)
    def denied(xs: list[int]) -> list[int]:
        attempts.append(len(xs))
        raise coco.RetryWithSmallerBatch() from PermissionError("key")

    assert {type(error) for error in asyncio.run(gather(denied, 16))} == {PermissionError}
    assert len(attempts) == 31


def test_other_errors_are_not_tried_again() -> None:
    attempts: list[int] = []

    @coco.fn.as_async(batching=True)
    def broken(xs: list[int]) -> list[int]:
        attempts.append(len(xs))
        raise ConnectionError

    assert {type(error) for error in asyncio.run(gather(broken, 4))} == {ConnectionError}
    assert attempts == [4]

"""Whatever the body of a batch raises reaches the callers of that batch; nobody waits for ever."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    value: int = 1


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


RAISED = [
    ValueError("plain"),
    BaseException("base"),
    BaseExceptionGroup("group", [KeyboardInterrupt()]),
    Frozen(),
    Unprintable(),
    StopIteration(1),
    StopAsyncIteration(),
    GeneratorExit(),
    SystemExit(3),
    asyncio.CancelledError(),
]


def batched(exc: BaseException, is_async: bool) -> Any:
    if is_async:

        @coco.fn(batching=True, max_batch_size=2)
        async def body(xs: list[int]) -> list[int]:
            if 0 in xs:
                raise exc
            return xs

        return body

    @coco.fn.as_async(batching=True, max_batch_size=2)
    def sync_body(xs: list[int]) -> list[int]:
        if 0 in xs:
            raise exc
        return xs

    return sync_body


@pytest.mark.parametrize("is_async", [True, False], ids=["async", "thread"])
@pytest.mark.parametrize("exc", RAISED, ids=lambda exc: type(exc).__name__)
def test_the_callers_of_other_batches_get_their_results(make_app: Any, exc: BaseException, is_async: bool) -> None:
    fn = batched(exc, is_async)

    async def one(number: int) -> Any:
        try:
            return await fn(number)
        except BaseException as error:
            return error

    async def main() -> list[Any]:
        return list(await asyncio.gather(*(coco.use_mount(coco.component_subpath(i), one, i) for i in range(6))))

    results = make_app(main).update_blocking()
    assert results[2:] == [2, 3, 4, 5]
    if isinstance(exc, asyncio.CancelledError):
        assert all(type(error) is errors.FunctionCancelledError for error in results[:2])
        assert results[0].__cause__ is not None
    elif isinstance(exc, StopIteration):
        assert all(isinstance(error, RuntimeError) and type(error.__cause__) is StopIteration for error in results[:2])
    else:
        assert all(isinstance(error, type(exc)) for error in results[:2])


@pytest.mark.parametrize("exc", RAISED, ids=lambda exc: type(exc).__name__)
def test_results_that_cannot_be_read_fail_the_callers(exc: BaseException) -> None:
    class Results(list[int]):
        def __iter__(self) -> Any:
            raise exc

    @coco.fn(batching=True)
    async def body(xs: list[int]) -> list[int]:
        return Results(xs)

    async def call() -> str:
        try:
            await body(1)
        except BaseException as error:
            return type(error).__name__
        return "none"

    expected = {"CancelledError": "FunctionCancelledError", "StopIteration": "RuntimeError"}
    name = type(exc).__name__
    assert asyncio.run(call()) == expected.get(name, name)


def test_a_function_may_call_itself_from_a_batch() -> None:
    sizes: list[int] = []

    @coco.fn(batching=True)
    async def depth(trees: list[Any]) -> list[int]:
        sizes.append(len(trees))
        return [1 + max(await asyncio.gather(*map(depth, tree)), default=0) for tree in trees]

    async def main() -> Any:
        return await asyncio.gather(depth(([], [[]])), depth([]))

    assert asyncio.run(asyncio.wait_for(main(), 60)) == [3, 1]
    assert sizes == [2, 2, 1]


def test_two_functions_may_call_each_other_from_their_batches() -> None:
    @coco.fn(batching=True)
    async def even(ns: list[int]) -> list[bool]:
        return [n == 0 or await odd(n - 1) for n in ns]

    @coco.fn(batching=True)
    async def odd(ns: list[int]) -> list[bool]:
        return [n != 0 and await even(n - 1) for n in ns]

    async def main() -> Any:
        return await asyncio.gather(even(10), odd(10))

    assert asyncio.run(asyncio.wait_for(main(), 60)) == [True, False]


def test_a_loop_that_stops_cancels_who_waits_for_a_batch() -> None:
    @coco.fn(batching=True)
    async def hang(xs: list[int]) -> list[int]:
        await asyncio.Event().wait()
        return xs

    ended: list[str] = []

    async def wait() -> None:
        try:
            await hang(1)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def main() -> None:
        waiting = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        assert not waiting.done()

    asyncio.run(main())
    assert ended == ["cancelled"]


@pytest.mark.parametrize("awaits", [True, False])
def test_a_body_that_cancels_the_task_it_runs_in(make_app: Any, awaits: bool) -> None:
    @coco.fn(batching=True, max_batch_size=2)
    async def body(xs: list[int]) -> list[int]:
        if 2 in xs:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            if awaits:
                await asyncio.sleep(0)
        return xs

    async def main() -> list[Any]:
        return list(await asyncio.gather(*map(body, range(8)), return_exceptions=True))

    results = make_app(main).update_blocking()
    assert [type(result) for result in results[2:4]] == [errors.FunctionCancelledError] * 2
    assert results[:2] + results[4:] == [0, 1, 4, 5, 6, 7]

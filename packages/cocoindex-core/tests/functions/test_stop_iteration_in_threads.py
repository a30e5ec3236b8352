"""A StopIteration that leaves a function of the user in a thread fails its component; nothing waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def nothing_left() -> int:
    return next(iter(()))


@coco.fn.as_async
def in_a_thread() -> int:
    return nothing_left()


@coco.fn
def sync() -> int:
    return nothing_left()


@coco.fn.as_async(runner=coco.GPU)
def on_a_gpu() -> int:
    return nothing_left()


@coco.fn.as_async(batching=True)
def batched(items: list[int]) -> list[int]:
    return [nothing_left() for _ in items]


async def call_batched() -> Any:
    return await batched(1)


async def as_async() -> Any:
    return await sync.as_async()


async def in_asyncio_to_thread() -> Any:
    return await asyncio.to_thread(nothing_left)


WAYS: list[Callable[..., Any]] = [in_a_thread, on_a_gpu, call_batched, as_async]


@pytest.mark.parametrize("call", WAYS)
def test_a_function(make_app: Any, call: Callable[..., Any]) -> None:
    @coco.fn
    async def main() -> Any:
        return await call()

    with pytest.raises(coco.errors.LeakedStopIterationError, match=r"bare next\(\)"):
        make_app(main).update_blocking()


@pytest.mark.parametrize("call", WAYS)
def test_outside_of_components(call: Callable[..., Any]) -> None:
    with pytest.raises(coco.errors.LeakedStopIterationError):
        asyncio.run(call())


def test_the_loop_behind_blocking_calls_gives_threads_that_do_not_hang_either(make_app: Any) -> None:
    with pytest.raises(coco.errors.LeakedStopIterationError):
        make_app(in_asyncio_to_thread).update_blocking()


def test_a_sync_component(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        with pytest.raises(coco.errors.LeakedStopIterationError):
            await coco.use_mount(sync)

    make_app(main).update_blocking()


def test_the_main_function(make_app: Any) -> None:
    with pytest.raises(coco.errors.LeakedStopIterationError):
        make_app(sync).update_blocking()


def test_a_sink(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()

    def apply(actions: Any) -> None:
        nothing_left()

    target.on_batch = apply

    @coco.fn
    async def row(n: int) -> None:
        target.declare(n, n)

    @coco.fn
    async def main() -> str:
        await coco.mount(coco.component_subpath(1), row, 1)
        return "done"

    assert make_app(main).update_blocking() == "done"
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [
        coco.errors.LeakedStopIterationError
    ]


def test_one_in_a_thread_says_where_it_was_raised() -> None:
    with pytest.raises(coco.errors.LeakedStopIterationError) as raised:
        asyncio.run(in_a_thread())
    assert isinstance(raised.value.__cause__, StopIteration)

"""A direct call of a marked function has the caller's time limit, looked at when it begins and when it returns."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.deadline import remaining_seconds
from cocoindex.testing import run_in_virtual_time

SECOND = timedelta(seconds=1)
ran: list[str] = []


@coco.fn
async def slow() -> str:
    ran.append("slow")
    await asyncio.sleep(2)
    return "late"


@coco.fn
async def failing() -> None:
    await asyncio.sleep(2)
    raise KeyError("its own")


@coco.fn
def busy(clock: Any) -> str:
    ran.append("busy")
    clock.advance(2)
    return "late"


class Model:
    @coco.fn
    async def embed(self) -> str:
        return await slow()


@pytest.fixture(autouse=True)
def forget() -> None:
    ran.clear()


async def limited(call: Any, first: float = 0) -> Any:
    with coco.timeout(SECOND):
        await asyncio.sleep(first)
        return await call()


def test_an_await_is_not_interrupted_and_the_return_is_checked() -> None:
    async def main() -> float:
        with pytest.raises(coco.DeadlineExceededError, match="slow"):
            await limited(slow)
        return asyncio.get_running_loop().time()

    assert run_in_virtual_time(main()) == 2


def test_it_does_not_begin_when_the_time_is_over() -> None:
    with pytest.raises(coco.DeadlineExceededError):
        run_in_virtual_time(limited(slow, first=1))
    assert ran == []


def test_a_sync_function_is_checked_at_its_return(clock: Any) -> None:
    with pytest.raises(coco.DeadlineExceededError, match=r"the return of .*busy"), coco.timeout(SECOND):
        busy(clock)
    assert ran == ["busy"]


def test_a_sync_function_does_not_begin_when_the_time_is_over(clock: Any) -> None:
    with pytest.raises(coco.DeadlineExceededError), coco.timeout(timedelta(0)):
        busy(clock)
    assert ran == []


def test_a_sync_function_called_asynchronously_has_it_too(clock: Any) -> None:
    async def main() -> None:
        with coco.timeout(SECOND):
            await busy.as_async(clock)

    with pytest.raises(coco.DeadlineExceededError):
        asyncio.run(main())
    assert ran == ["busy"]


def test_a_method_has_it_too() -> None:
    with pytest.raises(coco.DeadlineExceededError):
        run_in_virtual_time(limited(Model().embed))


def test_an_exception_of_its_own_passes() -> None:
    with pytest.raises(KeyError, match="its own"):
        run_in_virtual_time(limited(failing))


def test_in_time_it_returns_its_result() -> None:
    async def main() -> str:
        with coco.timeout(timedelta(seconds=3)):
            return await slow()

    assert run_in_virtual_time(main()) == "late"


def test_a_remembered_result_is_not_given_when_the_time_is_over(make_app: Any) -> None:
    @coco.fn(memo=True)
    async def remembered() -> int:
        return 1

    @coco.fn
    async def main() -> str:
        assert await remembered() == 1
        with coco.timeout(timedelta(0)):
            try:
                await remembered()
            except coco.DeadlineExceededError:
                return "raised"
        return "given"

    app = make_app(main)
    assert [app.update_blocking() for _ in range(2)] == ["raised", "raised"]


def test_a_call_that_ran_out_of_time_is_not_remembered(make_app: Any) -> None:
    calls = []

    @coco.fn(memo=True)
    async def work() -> int:
        calls.append(remaining_seconds())
        await asyncio.sleep(0)
        coco.check_cancellation()
        return 1

    @coco.fn
    async def main(limit: Any) -> int:
        with limit[0]():
            return await work()

    limit: list[Any] = [lambda: coco.timeout(timedelta(0))]
    app = make_app(main, limit)
    with pytest.raises(coco.DeadlineExceededError):
        app.update_blocking()
    limit[0] = lambda: coco.timeout(SECOND * 60)
    assert app.update_blocking() == 1
    assert len(calls) == 1

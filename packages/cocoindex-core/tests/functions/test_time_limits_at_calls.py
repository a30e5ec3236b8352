"""`coco.timeout` at calls of marked functions: looked at when a call begins and when it returns."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex._runtime import deadline

HOUR = timedelta(hours=1)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have it be two hours later."""
    return lambda: monkeypatch.setattr(deadline, "_clock", lambda: time.monotonic() + 7200)


def test_a_call_is_not_begun_after_the_deadline(later: Any) -> None:
    runs: list[int] = []

    @coco.fn
    def work() -> None:
        runs.append(1)

    @coco.fn
    async def work_async() -> None:
        runs.append(1)

    async def main() -> None:
        await work_async()

    with coco.timeout(HOUR):
        work()
        asyncio.run(main())
        later()
        with pytest.raises(coco.DeadlineExceededError, match="the call of work"):
            work()
        with pytest.raises(coco.DeadlineExceededError, match="the call of work_async"):
            asyncio.run(main())
    assert runs == [1, 1]


def test_it_is_looked_at_again_when_the_call_returns(later: Any) -> None:
    @coco.fn
    def slow() -> None:
        later()

    with coco.timeout(HOUR), pytest.raises(coco.DeadlineExceededError, match="the return of slow"):
        slow()


def test_a_memoized_result_is_not_returned_after_the_deadline(make_app: Any, later: Any) -> None:
    @coco.fn(memo=True)
    def quick() -> int:
        return 1

    past = False

    async def main() -> int:
        with coco.timeout(HOUR):
            if past:
                later()
            return quick()

    app = make_app(main)
    app.update_blocking()
    past = True
    with pytest.raises(coco.DeadlineExceededError):
        app.update_blocking()


def test_a_body_that_ran_out_of_time_is_not_memoized(
    make_app: Any, monkeypatch: pytest.MonkeyPatch, later: Any
) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    def work() -> int:
        runs.append(1)
        if len(runs) == 1:
            later()
        return 1

    async def main() -> int:
        with coco.timeout(HOUR):
            return work()

    app = make_app(main)
    with pytest.raises(coco.DeadlineExceededError):
        app.update_blocking()
    monkeypatch.setattr(deadline, "_clock", time.monotonic)
    assert [app.update_blocking(), app.update_blocking()] == [1, 1]
    assert runs == [1, 1]


def test_methods_and_as_async_are_limited_too(later: Any) -> None:
    class Owner:
        @coco.fn
        def method(self) -> int:
            return 1

    async def main() -> None:
        with coco.timeout(HOUR):
            assert await Owner().method.as_async() == 1
            later()
            with pytest.raises(coco.DeadlineExceededError):
                await Owner().method.as_async()
            with pytest.raises(coco.DeadlineExceededError):
                Owner().method()

    asyncio.run(main())

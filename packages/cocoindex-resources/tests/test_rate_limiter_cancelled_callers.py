"""Whoever gives up waiting for a rate limiter takes no tokens and holds up nobody."""

from __future__ import annotations

import asyncio

import pytest

from cocoindex.resources.rate_limit import RateLimiter
from cocoindex.testing import run_in_virtual_time

from .clock import now


async def served(limiter: RateLimiter, count: int = 1) -> float:
    await limiter.acquire(count)
    return now()


@pytest.mark.parametrize("cancelled", [0, 1, 2])
def test_those_behind_move_up(cancelled: int) -> None:
    async def main() -> None:
        limiter = RateLimiter(1.0)
        await limiter.acquire()
        waiting = [asyncio.ensure_future(served(limiter)) for _ in range(3)]
        await asyncio.sleep(0.5)
        waiting[cancelled].cancel()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(outcomes.pop(cancelled), asyncio.CancelledError)
        assert outcomes == [1.0, 2.0]

    run_in_virtual_time(main())


def test_all_may_give_up_at_once() -> None:
    async def main() -> None:
        limiter = RateLimiter(1.0)
        await limiter.acquire()
        waiting = [asyncio.ensure_future(served(limiter)) for _ in range(5)]
        await asyncio.sleep(0.25)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert await served(limiter) == 1.0

    run_in_virtual_time(main())


def test_a_limit_on_the_time_leaves_the_tokens() -> None:
    async def main() -> None:
        limiter = RateLimiter(10.0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await limiter.acquire(30)
        assert await served(limiter, 10) == 1.0

    run_in_virtual_time(main())

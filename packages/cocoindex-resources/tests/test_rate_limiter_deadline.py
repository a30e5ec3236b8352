"""Whoever waits for a rate limiter under a time limit waits no longer than that."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import cocoindex as coco
from cocoindex.errors import DeadlineExceededError
from cocoindex.resources.rate_limit import RateLimiter
from cocoindex.testing import run_in_virtual_time

from .clock import now


async def served(limiter: RateLimiter, count: int, seconds: float) -> float:
    with coco.timeout(timedelta(seconds=seconds)):
        await limiter.acquire(count)
    return now()


def test_the_wait_ends_with_the_time() -> None:
    async def main() -> None:
        limiter = RateLimiter(1.0)
        with pytest.raises(DeadlineExceededError, match="30 tokens") as failed:
            await served(limiter, 30, 5.0)
        assert now() == 5.0
        assert isinstance(failed.value, TimeoutError)

    run_in_virtual_time(main())


def test_what_comes_in_time_is_served() -> None:
    async def main() -> None:
        limiter = RateLimiter(1.0)
        assert await served(limiter, 3, 2.5) == 2.0

    run_in_virtual_time(main())


def test_those_behind_are_served_as_if_it_had_not_asked() -> None:
    async def main() -> None:
        limiter = RateLimiter(1.0)
        outcomes = await asyncio.gather(
            served(limiter, 1, 9.0), served(limiter, 100, 1.5), served(limiter, 2, 9.0), return_exceptions=True
        )
        assert (outcomes[0], outcomes[2]) == (0.0, 2.0)
        assert isinstance(outcomes[1], DeadlineExceededError)

    run_in_virtual_time(main())


def test_one_in_the_queue_leaves_it_in_time() -> None:
    async def main() -> None:
        limiter = RateLimiter(1.0)
        first = asyncio.ensure_future(limiter.acquire(10))
        await asyncio.sleep(0)
        with pytest.raises(DeadlineExceededError):
            await served(limiter, 1, 3.0)
        assert now() == 3.0
        await first
        assert now() == 9.0

    run_in_virtual_time(main())

"""A rate limiter lets so many tokens through a second, and serves its callers in their order."""

from __future__ import annotations

import asyncio

from cocoindex.resources.rate_limit import RateLimiter
from cocoindex.testing import run_in_virtual_time

from .clock import now


async def moments(limiter: RateLimiter, *counts: int) -> list[float]:
    """When each of these was served, all of them having asked at once, in this order."""

    async def ask(count: int) -> float:
        await limiter.acquire(count)
        return now()

    return await asyncio.gather(*(ask(count) for count in counts))


def test_acquire_returns_at_once_where_the_tokens_are_there_and_waits_otherwise() -> None:
    async def main() -> None:
        assert await moments(RateLimiter(2.0), 1, 1, 1, 1) == [0, 0, 0.5, 1.0]

    run_in_virtual_time(main())


def test_acquire_takes_one_token_unless_told() -> None:
    async def main() -> None:
        limiter = RateLimiter(10.0)
        await limiter.acquire()
        await limiter.acquire(8)
        assert await moments(limiter, 1, 1) == [0, 0.1]

    run_in_virtual_time(main())


def test_a_fraction_of_a_token_a_second_is_a_rate() -> None:
    async def main() -> None:
        assert await moments(RateLimiter(2.5, 0.0), 1, 1, 1) == [0, 0.4, 0.8]
        limiter = RateLimiter(0.01)
        assert await moments(limiter, 1, 1) == [0.8, 100.8]

    run_in_virtual_time(main())


def test_the_rate_holds_in_the_long_run() -> None:
    async def main() -> None:
        served = await moments(RateLimiter(20.0), *[1] * 1000)
        assert served[:20] == [0] * 20
        assert served[-1] == (1000 - 20) / 20

    run_in_virtual_time(main())


def test_a_burst_of_one_second_gathers_while_nobody_asks() -> None:
    async def main() -> None:
        limiter = RateLimiter(4.0)
        assert await moments(limiter, 1, 1, 1, 1, 1) == [0, 0, 0, 0, 0.25]
        await asyncio.sleep(3600)
        start = now()
        assert [moment - start for moment in await moments(limiter, 1, 1, 1, 1, 1)] == [0, 0, 0, 0, 0.25]

    run_in_virtual_time(main())


def test_a_longer_window_keeps_more() -> None:
    async def main() -> None:
        assert await moments(RateLimiter(2.0, burst_window_secs=2.0), *[1] * 6) == [0, 0, 0, 0, 0.5, 1.0]

    run_in_virtual_time(main())


def test_without_a_burst_tokens_are_spaced_evenly() -> None:
    async def main() -> None:
        limiter = RateLimiter(max_rows_per_second=10.0, burst_window_secs=0.0)
        assert await moments(limiter, 1, 1, 3, 1) == [0, 0.1, 0.4, 0.5]
        await asyncio.sleep(60)
        start = now()
        assert [round(moment - start, 6) for moment in await moments(limiter, 1, 1)] == [0, 0.1]

    run_in_virtual_time(main())


def test_more_tokens_than_are_ever_kept_can_be_asked_for() -> None:
    async def main() -> None:
        assert await moments(RateLimiter(10.0), 25, 25, 1) == [1.5, 4.0, 4.1]

    run_in_virtual_time(main())


def test_a_small_request_does_not_overtake_a_large_one() -> None:
    async def main() -> None:
        assert await moments(RateLimiter(10.0), 10, 30, 1, 1) == [0, 3.0, 3.1, 3.2]

    run_in_virtual_time(main())


def test_nothing_is_waited_for_where_no_token_is_asked_for() -> None:
    async def main() -> None:
        assert await moments(RateLimiter(1.0), 1, 0, 1, 0) == [0, 0, 1.0, 1.0]

    run_in_virtual_time(main())


def test_an_infinite_rate_is_no_limit() -> None:
    async def main() -> None:
        assert await moments(RateLimiter(float("inf")), *[10**9] * 5) == [0] * 5

    run_in_virtual_time(main())


def test_two_limiters_with_the_same_settings_are_two_budgets() -> None:
    async def main() -> None:
        one, other = RateLimiter(1.0), RateLimiter(1.0)
        assert await moments(one, 1) + await moments(other, 1) + await moments(one, 1) == [0, 0, 1.0]

    run_in_virtual_time(main())

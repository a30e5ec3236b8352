"""What cannot be a rate, a burst or a number of tokens is refused at once."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from cocoindex.errors import CocoIndexError
from cocoindex.resources.rate_limit import InvalidRateLimitError, RateLimiter, RateLimitTypeError
from cocoindex.testing import run_in_virtual_time

from .clock import now


@pytest.mark.parametrize("rate", [0, 0.0, -1, -0.5, math.nan, -math.inf])
def test_the_rate_must_be_positive(rate: float) -> None:
    with pytest.raises(InvalidRateLimitError, match="max_rows_per_second") as refusal:
        RateLimiter(rate)
    assert isinstance(refusal.value, ValueError) and isinstance(refusal.value, CocoIndexError)


@pytest.mark.parametrize("window", [-1, math.nan, math.inf])
def test_the_window_must_be_a_number_of_seconds(window: float) -> None:
    with pytest.raises(InvalidRateLimitError, match="burst_window_secs"):
        RateLimiter(1, window)


@pytest.mark.parametrize("arguments", [("3",), (None,), (1, "1"), (1, None)])
def test_what_is_no_number_is_refused(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(RateLimitTypeError) as refusal:
        RateLimiter(*arguments)
    assert isinstance(refusal.value, TypeError)


def test_a_negative_number_of_tokens_is_refused() -> None:
    with pytest.raises(InvalidRateLimitError, match="-1 tokens") as refusal:
        asyncio.run(RateLimiter(1).acquire(-1))
    assert isinstance(refusal.value, OverflowError)


@pytest.mark.parametrize("huge", [10**400, -(10**400)])
def test_what_no_float_can_hold_is_refused(huge: int) -> None:
    with pytest.raises(InvalidRateLimitError, match="max_rows_per_second"):
        RateLimiter(huge)
    with pytest.raises(InvalidRateLimitError, match="burst_window_secs"):
        RateLimiter(1, huge)
    with pytest.raises(InvalidRateLimitError, match="tokens"):
        asyncio.run(RateLimiter(1).acquire(huge))


@pytest.mark.parametrize("count", [1.5, "1", None])
def test_a_number_of_tokens_is_whole(count: Any) -> None:
    with pytest.raises(RateLimitTypeError):
        asyncio.run(RateLimiter(1).acquire(count))


def test_what_is_refused_takes_no_place_in_the_queue() -> None:
    limiter = RateLimiter(1)

    async def main() -> None:
        with pytest.raises(RateLimitTypeError):
            await limiter.acquire(1.5)  # type: ignore[arg-type]  # what is tested
        await limiter.acquire()
        assert now() == 0

    run_in_virtual_time(main())

"""Pauses between attempts grow, and end with what limits them: attempts, seconds, or the caller's time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import cocoindex as coco
from cocoindex.connectorkits.retry import Backoff
from cocoindex.errors import DeadlineExceededError
from cocoindex.testing import run_in_virtual_time

FAILED = ConnectionError("as told")


def now() -> float:
    return asyncio.get_running_loop().time()


async def pauses(backoff: Backoff, count: int, at_least: float = 0.0) -> list[float]:
    """How long each of so many pauses was."""
    lengths = []
    for _ in range(count):
        begun = now()
        await backoff.pause(FAILED, at_least=at_least)
        lengths.append(now() - begun)
    return lengths


def test_they_double_up_to_the_longest_and_are_never_quite_the_same() -> None:
    async def main() -> None:
        widest = [1.0, 2.0, 4.0, 5.0, 5.0, 5.0]
        lengths = await pauses(Backoff(first=1.0, longest=5.0), 6)
        assert all(each / 2 <= length <= each + 1e-6 for length, each in zip(lengths, widest, strict=True))
        assert lengths != await pauses(Backoff(first=1.0, longest=5.0), 6)

    run_in_virtual_time(main())


def test_after_the_last_attempt_its_error_is_raised() -> None:
    async def main() -> None:
        backoff = Backoff(attempts=3)
        await pauses(backoff, 2)
        begun = now()
        with pytest.raises(ConnectionError) as raised:
            await backoff.pause(FAILED)
        assert raised.value is FAILED and now() == begun

    run_in_virtual_time(main())


def test_no_attempt_begins_after_the_given_seconds() -> None:
    async def main() -> None:
        backoff = Backoff(seconds=10.0, first=1.0)
        with pytest.raises(ConnectionError) as raised:
            await pauses(backoff, 100)
        assert raised.value is FAILED and now() < 10.0

    run_in_virtual_time(main())


def test_what_the_other_side_asks_for_is_waited_for() -> None:
    async def main() -> None:
        (length,) = await pauses(Backoff(first=0.1, longest=1.0), 1, at_least=30.0)
        assert length == pytest.approx(30.0)

    run_in_virtual_time(main())


def test_a_time_limit_ends_them_sooner_with_its_own_error() -> None:
    async def main() -> None:
        with pytest.raises(DeadlineExceededError), coco.timeout(timedelta(seconds=7)):
            await pauses(Backoff(first=1.0), 100)
        assert now() == pytest.approx(7.0)

    run_in_virtual_time(main())


def test_a_time_limit_gives_no_more_attempts_than_there_are() -> None:
    async def main() -> None:
        with pytest.raises(ConnectionError), coco.timeout(timedelta(days=1)):
            await pauses(Backoff(attempts=3), 100)

    run_in_virtual_time(main())

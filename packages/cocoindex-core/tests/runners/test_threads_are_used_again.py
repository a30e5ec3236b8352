"""Blocking calls use as many threads as there are calls at once, however many calls follow one another."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from cocoindex._runtime.daemon_threads import DaemonExecutor


@pytest.fixture
def executor(request: pytest.FixtureRequest) -> Iterator[DaemonExecutor]:
    """One without a maximum, whose threads have the name of the test."""
    created = DaemonExecutor(1 << 30, request.node.name)
    yield created
    created.shutdown()


@pytest.fixture
def threads(request: pytest.FixtureRequest) -> Callable[[], int]:
    """Returns how many threads the executor has."""
    return lambda: sum(thread.name == request.node.name for thread in threading.enumerate())


@pytest.mark.parametrize(
    ("at_once", "rounds", "call"), [(1, 5000, int), (3, 1500, int), (3, 300, lambda: time.sleep(0.0005))]
)
def test_calls_that_are_awaited(
    executor: DaemonExecutor, threads: Callable[[], int], at_once: int, rounds: int, call: Callable[[], object]
) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        for _ in range(rounds):
            await asyncio.gather(*[loop.run_in_executor(executor, call) for _ in range(at_once)])

    asyncio.run(main())
    # While a thread returns, its caller may already make the next call; under load, several may be returning.
    assert threads() <= 2 * at_once + 8


def test_calls_that_wait_for_others(executor: DaemonExecutor, threads: Callable[[], int]) -> None:
    barrier = threading.Barrier(20)
    for _ in range(20):
        futures = [executor.submit(barrier.wait) for _ in range(20)]
        assert sorted(future.result(60) for future in futures) == [*range(20)]
    assert threads() <= 40

"""One rate limiter serves several event loops, one after the other and side by side."""

from __future__ import annotations

import asyncio
import threading

from cocoindex.resources.rate_limit import RateLimiter
from cocoindex.testing import run_in_virtual_time

from .clock import now


def test_the_budget_outlasts_an_event_loop() -> None:
    limiter = RateLimiter(2.0)

    async def take() -> float:
        await asyncio.gather(*(limiter.acquire() for _ in range(3)))
        return now()

    assert run_in_virtual_time(take()) == 0.5
    # The clock of the next loop begins at 0 again; what was taken by then is still taken.
    assert run_in_virtual_time(take()) == 2.0


def test_loops_in_several_threads_draw_from_one_budget() -> None:
    limiter = RateLimiter(2000.0, burst_window_secs=0.01)
    started = threading.Barrier(4)
    ended: list[float] = []

    async def take() -> None:
        loop = asyncio.get_running_loop()
        for _ in range(10):
            await asyncio.gather(*(limiter.acquire() for _ in range(10)))
        ended.append(loop.time())

    def work() -> None:
        started.wait()
        asyncio.run(take())

    async def clock() -> float:
        return asyncio.get_running_loop().time()

    threads = [threading.Thread(target=work) for _ in range(4)]
    begun = asyncio.run(clock())
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 4
    assert max(ended) - begun >= (400 - 20) / 2000.0


def test_a_loop_that_was_closed_with_a_caller_in_the_queue_holds_up_nobody() -> None:
    limiter = RateLimiter(1.0)
    asyncio.run(limiter.acquire())
    abandoned = asyncio.new_event_loop()
    asking = limiter.acquire()

    async def begin() -> None:
        asking.send(None)

    abandoned.run_until_complete(begin())
    abandoned.close()

    async def first() -> None:
        acquired = asyncio.ensure_future(limiter.acquire())
        await asyncio.sleep(0)
        asking.close()
        await acquired

    run_in_virtual_time(first())

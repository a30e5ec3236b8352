"""Components that take a rate limiter from the context draw from one budget."""

from __future__ import annotations

from pathlib import Path

import cocoindex as coco
from cocoindex.resources.rate_limit import RateLimiter

from .in_app import run_in_app

LIMIT = coco.ContextKey[RateLimiter]("limit")


class Counting(RateLimiter):
    """Counts what is taken from it."""

    taken = 0

    async def acquire(self, n: int = 1) -> None:
        await super().acquire(n)
        self.taken += n


def test_all_components_draw_from_one_budget(tmp_path: Path) -> None:
    limiter = Counting(1e6)

    @coco.fn
    async def fetch(item: int) -> None:
        await coco.use_context(LIMIT).acquire()

    @coco.fn
    async def main() -> None:
        await coco.mount_each(fetch, [(str(item), item) for item in range(50)])
        await coco.map(fetch, range(7))

    run_in_app(tmp_path, main, {LIMIT: limiter})
    assert limiter.taken == 57


def test_as_an_argument_it_plays_no_part_in_the_memo_key(tmp_path: Path) -> None:
    calls: list[int] = []

    @coco.fn(memo=True)
    async def fetch(item: int, limiter: RateLimiter) -> int:
        await limiter.acquire()
        calls.append(item)
        return item

    @coco.fn
    async def main() -> None:
        assert await fetch(3, RateLimiter(100)) == 3

    run_in_app(tmp_path, main)
    run_in_app(tmp_path, main)
    assert calls == [3]

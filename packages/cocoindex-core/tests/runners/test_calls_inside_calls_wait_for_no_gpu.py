"""What a call with a GPU waits for runs on that GPU: batches, and memoized calls that others make at the same time."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco


@coco.fn.as_async(runner=coco.GPU, batching=True)
def embed(xs: list[int]) -> list[Any]:
    return [(x, coco.current_gpu()) for x in xs]


@coco.fn(runner=coco.GPU)
async def outer(x: int) -> Any:
    return await asyncio.gather(embed(x), embed(x + 1))


def test_batches() -> None:
    async def main() -> Any:
        return await asyncio.wait_for(asyncio.gather(outer(1), embed(5), outer(3)), 60)

    assert asyncio.run(main()) == [[(1, 0), (2, 0)], (5, 0), [(3, 0), (4, 0)]]


def test_a_memoized_call_that_waits_for_the_gpu(make_app: Any) -> None:
    async def main() -> Any:
        has_gpu, other_waits = asyncio.Event(), asyncio.Event()

        @coco.fn(runner=coco.GPU, memo=True)
        async def memoized(x: int) -> int:
            return x

        @coco.fn(runner=coco.GPU)
        async def holder() -> int:
            has_gpu.set()
            await other_waits.wait()
            return await memoized(1)

        holding = asyncio.ensure_future(holder())
        await has_gpu.wait()
        waiting = asyncio.ensure_future(memoized(1))
        await asyncio.sleep(0)
        other_waits.set()
        return await asyncio.wait_for(asyncio.gather(holding, waiting), 60)

    assert make_app(main).update_blocking() == [1, 1]

"""Calls a batching function for many items at once.

python batched.py update ITEMS
"""

from __future__ import annotations

import asyncio
import sys

from counted_target import COUNTS
from perform import perform

import cocoindex as coco


@coco.fn.as_async(batching=True, max_batch_size=64)
def work(items: list[int]) -> list[int]:
    COUNTS["runs"] += len(items)
    return items


@coco.fn
async def main(items: int) -> int:
    return sum(await asyncio.gather(*(work(index) for index in range(items))))


if __name__ == "__main__":
    perform(coco.App("batched", main, int(sys.argv[2])), sys.argv[1])

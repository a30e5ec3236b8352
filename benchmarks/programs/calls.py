"""Calls a memoized function that is no component, many times in one component.

    python calls.py update CALLS KIND

KIND: what the function is given: "ints", "dicts" or "bytes" (1 kB each).
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from counted_target import COUNTS
from perform import perform

import cocoindex as coco

VALUES: dict[str, Callable[[int], object]] = {
    "ints": lambda index: index,
    "dicts": lambda index: {"id": index, "tags": ["a", "b"], "owner": {"name": "somebody", "age": index}},
    "bytes": lambda index: index.to_bytes(8, "big") * 128,
}


@coco.fn(memo=True)
def work(value: object) -> int:
    COUNTS["runs"] += 1
    return 1


@coco.fn
async def main(calls: int, kind: str) -> int:
    value = VALUES[kind]
    return sum(work(value(index)) for index in range(calls))


if __name__ == "__main__":
    perform(coco.App("calls", main, int(sys.argv[2]), sys.argv[3]), sys.argv[1])

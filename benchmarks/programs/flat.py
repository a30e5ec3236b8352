"""Mounts many memoized components side by side, each of which declares a few states.

    python flat.py update|full|drop COMPONENTS STATES CHANGED GONE

CHANGED and GONE: of each hundred components, how many have a new value, and how many are no longer there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from counted_target import COUNTS, TARGET
from perform import perform

import cocoindex as coco


@coco.fn(memo=True)
async def process(item: tuple[int, int], states: int) -> None:
    COUNTS["runs"] += 1
    index, version = item
    for state in range(states):
        coco.declare_target_state(TARGET.target_state((index, state), version))


def items(components: int, changed: int, gone: int) -> Iterator[tuple[int, tuple[int, int]]]:
    for index in range(components):
        if index % 100 < 100 - gone:
            yield index, (index, int(index % 100 < changed))


@coco.fn
async def main(components: int, states: int, changed: int, gone: int) -> None:
    await coco.mount_each(process, items(components, changed, gone), states)


if __name__ == "__main__":
    perform(coco.App("flat", main, *map(int, sys.argv[2:])), sys.argv[1])

"""Mounts components that mount components that mount memoized ones, each of which declares one state.

    python nested.py update|full|drop OUTER INNER LEAVES CHANGED

CHANGED: of each hundred leaves, how many have a new value.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from counted_target import COUNTS, TARGET
from perform import perform

import cocoindex as coco


@coco.fn(memo=True)
async def process(item: tuple[int, int], outer: int, inner: int) -> None:
    COUNTS["runs"] += 1
    leaf, version = item
    coco.declare_target_state(TARGET.target_state((outer, inner, leaf), version))


def leaves(count: int, changed: int) -> Iterator[tuple[int, tuple[int, int]]]:
    for leaf in range(count):
        yield leaf, (leaf, int(leaf % 100 < changed))


@coco.fn
async def mount_leaves(inner: int, outer: int, count: int, changed: int) -> None:
    await coco.mount_each(process, leaves(count, changed), outer, inner)


@coco.fn
async def mount_inner(outer: int, inner: int, count: int, changed: int) -> None:
    await coco.mount_each(mount_leaves, ((key, key) for key in range(inner)), outer, count, changed)


@coco.fn
async def main(outer: int, inner: int, count: int, changed: int) -> None:
    await coco.mount_each(mount_inner, ((key, key) for key in range(outer)), inner, count, changed)


if __name__ == "__main__":
    perform(coco.App("nested", main, *map(int, sys.argv[2:])), sys.argv[1])

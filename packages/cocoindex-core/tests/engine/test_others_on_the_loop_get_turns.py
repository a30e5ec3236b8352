"""An update does not keep the event loop for itself: what else runs there, such as a server, gets turns meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco

COMPONENTS = 100
BUSY_SECONDS = 0.002  # for each component; together twenty times as long as a slice of time
TURNS = 8


def be_busy() -> None:
    until = time.monotonic() + BUSY_SECONDS
    while time.monotonic() < until:
        pass


class Item:
    """Takes time whenever the update asks whether it has changed."""

    def __coco_memo_key__(self) -> object:
        return "item"

    def __coco_memo_state__(self, previous: object) -> coco.MemoStateOutcome:
        be_busy()
        return coco.MemoStateOutcome(state=1, memo_valid=True)


@coco.fn
async def unmemoized(key: int) -> None:
    be_busy()


@coco.fn(memo=True)
async def memoized(item: Item) -> None:
    pass


@coco.fn
async def mount_each_unmemoized() -> None:
    await coco.mount_each(unmemoized, [(key, key) for key in range(COMPONENTS)])


@coco.fn
async def mount_each_memoized() -> None:
    await coco.mount_each(memoized, [(key, Item()) for key in range(COMPONENTS)])


@coco.fn
async def mount_unmemoized() -> None:
    for key in range(COMPONENTS):
        await coco.mount(coco.component_subpath(key), unmemoized, key)


@coco.fn
async def mount_memoized() -> None:
    for key in range(COMPONENTS):
        await coco.mount(coco.component_subpath(key), memoized, Item())


def busy_numbers() -> Iterator[int]:
    for number in range(COMPONENTS):
        be_busy()
        yield number


async def busy_numbers_later() -> AsyncIterator[int]:
    for number in busy_numbers():
        yield number


async def called(number: int) -> int:
    return number


@coco.fn
async def map_numbers() -> None:
    assert await coco.map(called, busy_numbers()) == list(range(COMPONENTS))


@coco.fn
async def map_numbers_later() -> None:
    assert await coco.map(called, busy_numbers_later()) == list(range(COMPONENTS))


MAINS = [mount_each_unmemoized, mount_each_memoized, mount_unmemoized, mount_memoized, map_numbers, map_numbers_later]


async def turns_during(update: Any) -> int:
    """Return how many turns another task of the loop gets until `update` has ended."""
    turns = 0
    running = asyncio.ensure_future(update.result())
    while not running.done():
        await asyncio.sleep(BUSY_SECONDS)
        turns += 1
    await running
    return turns


@pytest.mark.parametrize("main", MAINS)
def test_others_get_turns(make_app: Any, main: Any) -> None:
    async def run() -> list[int]:
        app = make_app(main)
        return [await turns_during(app.update()) for _ in ("everything is new", "nothing has changed")]

    first, second = asyncio.run(run())
    assert first >= TURNS
    assert second >= TURNS

"""A `stats_group` with live members is READY when they are, and counts on until they have ended."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco

RUNNING, READY = coco.UpdateStatus.RUNNING, coco.UpdateStatus.READY


@coco.fn
async def item(value: int) -> None: ...


class Feed:
    def __init__(self) -> None:
        self.changes: asyncio.Queue[int | None] = asyncio.Queue()

    async def watch(self, subscriber: Any) -> None:
        await subscriber.update("first", 0)
        await subscriber.mark_ready()
        while (change := await self.changes.get()) is not None:
            await subscriber.update(change, change)


async def follow(group: coco.StatsGroupHandle, feed: Feed) -> list[tuple[coco.UpdateStatus, int]]:
    """The snapshots of a group in which each change waits for the one before."""
    seen = []
    done = 0
    async for snapshot in group.watch():
        finished = snapshot.stats.total.num_finished
        seen.append((snapshot.status, finished))
        if snapshot.status is READY and finished > done:
            done = finished
            feed.changes.put_nowait(done if done < 4 else None)
    return seen


def test_it_goes_on_with_snapshots_that_are_ready(make_app: Any) -> None:
    async def run() -> None:
        feed: Any = Feed()
        groups: list[coco.StatsGroupHandle] = []

        @coco.fn
        async def main() -> None:
            with coco.stats_group("outer") as outer, coco.stats_group("inner") as inner:
                await coco.mount_each(item, feed)
            groups.extend([outer, inner])

        handle = make_app(main).update(live=True)
        followed: list[asyncio.Task[Any]] = []
        async for snapshot in handle.watch():
            if snapshot.status is READY and not followed:
                outer, inner = groups
                assert inner.stats() == coco.UpdateStats({"item": coco.ComponentStats(1, num_adds=1)})
                followed = [asyncio.ensure_future(follow(inner, feed)), asyncio.ensure_future(follow(outer, Feed()))]
        seen = await followed[0]
        assert {status for status, _ in seen} == {READY}
        finished = [number for _, number in seen]
        assert finished == sorted(finished) and {1, 2, 3, 4} == set(finished)
        assert {status for status, _ in await followed[1]} == {READY}  # which ends as the inner one does
        assert snapshot.stats.by_component.keys() == {main.__qualname__}

    asyncio.run(run())


def test_in_an_update_that_ends_it_ends_when_it_is_ready(make_app: Any) -> None:
    async def run() -> None:
        feed: Any = Feed()

        @coco.fn
        async def main() -> list[coco.UpdateStatus]:
            with coco.stats_group("group") as group:
                await coco.mount_each(item, feed)
            return [snapshot.status async for snapshot in group.watch()]

        assert (await make_app(main).update())[-1] is READY

    asyncio.run(run())

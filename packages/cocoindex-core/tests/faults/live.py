"""Live sources and components of the program; what follows `mark_ready()` runs in live updates only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import cocoindex as coco

from . import world
from .codecs import Coded
from .sites import SITES
from .world import RUNS, SOURCE, declare

at = coco.component_subpath


class Shelf:
    """A map that can be listed, in batches."""

    async def batches(self) -> AsyncIterator[list[tuple[str, Coded]]]:
        try:
            for number in range(3 - SOURCE.version):
                SITES.here("shelf.batches")
                await asyncio.sleep(0)
                yield [(str(number), Coded((number, SOURCE.version * number)))]
        finally:
            SITES.here("shelf.batches end")

    async def __aiter__(self) -> AsyncIterator[tuple[str, Coded]]:
        async for batch in self.batches():
            for item in batch:
                yield item

    async def watch(self, subscriber: Any) -> None:
        SITES.here("shelf.watch")
        await subscriber.update_all()
        SITES.here("shelf.watch listed")
        await subscriber.update_part("0", self._part())
        await subscriber.update_many(self._pairs())
        subscriber.durable(self._durable)
        await subscriber.write_committed_state("listed", Coded(SOURCE.version))
        try:
            await subscriber.mark_ready()
            await asyncio.sleep(1)
            SITES.here("shelf.watch live")
            await (await subscriber.update("1", Coded((1, "live")))).ready()
            await (await subscriber.update("live", Coded(("live", 0)))).ready()
            SITES.here("shelf.watch changed")
            await subscriber.update_all()
        finally:
            SITES.here("shelf.watch end")

    async def _part(self) -> AsyncIterator[tuple[str, Coded]]:
        SITES.here("shelf.part")
        yield "0", Coded((0, 0))

    def _pairs(self) -> Iterator[tuple[str, Coded]]:
        SITES.here("shelf.pairs")
        yield "1", Coded((1, SOURCE.version))

    async def _durable(self) -> None:
        SITES.here("shelf.durable")
        await asyncio.sleep(0)
        SITES.here("shelf.durable later")


class Topic:
    """A map that only tells changes; it goes on where it was."""

    MESSAGES = (("0", 0), ("1", 0), ("2", 0), ("0", 1), ("3", 1), ("1", None))

    async def watch(self, subscriber: Any) -> None:
        SITES.here("topic.watch")
        stored = await subscriber.read_committed_state("cursor")
        upto = 3 if SOURCE.version == 0 else len(self.MESSAGES)
        for number in range(0 if stored is None else stored.value, upto):
            key, value = self.MESSAGES[number]
            if value is None:
                await subscriber.delete(key)
            else:
                await subscriber.update(key, Coded((key, value)))
            SITES.here("topic.watch later")
            await subscriber.checkpoint(Coded(number + 1))
        await subscriber.mark_ready()
        await asyncio.sleep(1)
        SITES.here("topic.watch live")
        await subscriber.delete("nothing")
        await (await subscriber.update("2", Coded(("2", 0)))).ready()
        await subscriber.checkpoint(Coded(upto))


class Clock:
    """A component that goes on."""

    def __init__(self, path: str, version: int) -> None:
        SITES.here("clock.init")
        self.path, self.version = path, version

    async def process(self) -> None:
        RUNS.append(self.path)
        SITES.here("clock.process")
        declare(world.flat, self.path, 0, self.version)
        await coco.mount(at("always"), hand, f'{self.path}/"always"', self.version)

    async def process_live(self, operator: Any) -> None:
        SITES.here("clock.process_live")
        await operator.update_full()
        SITES.here("clock.process_live later")
        await operator.update(at("always"), hand, f'{self.path}/"always"', self.version)
        await operator.delete(at("no hand"))
        await operator.mark_ready()
        await asyncio.sleep(1)
        SITES.here("clock.process_live live")
        await (await operator.update(at("live"), hand, f'{self.path}/"live"', self.version)).ready()
        await (await operator.delete(at("always"))).ready()
        SITES.here("clock.process_live changed")
        await operator.update_full()


@coco.fn(memo=True)
async def hand(path: str, value: int) -> None:
    RUNS.append(path)
    SITES.here("hand")
    declare(world.late, path, 0, value)


@coco.fn(memo=True)
async def book(item: Coded, path: str) -> None:
    RUNS.append(path)
    SITES.here("book")
    key, value = item.value
    declare(world.flat, f'{path}/"{key}"', 0, value)


@coco.fn
async def shelf(path: str) -> None:
    RUNS.append(path)
    SITES.here("shelf")
    await coco.mount_each(at("books"), book, Shelf(), f'{path}/"books"')


@coco.fn
async def topic(path: str) -> None:
    RUNS.append(path)
    SITES.here("topic")
    await coco.mount_each(at("news"), book, Topic(), f'{path}/"news"')


async def mount_live(version: int) -> None:
    await coco.mount(at("shelf"), shelf, '/"shelf"')
    await coco.mount(at("topic"), topic, '/"topic"')
    await coco.mount(at("clock"), Clock, '/"clock"', version)

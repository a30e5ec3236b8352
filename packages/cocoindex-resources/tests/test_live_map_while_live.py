"""In a live update, the consumer of a `LiveMap` follows the producers; across restarts, nothing goes and comes back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.resources.live_map import LiveMap
from cocoindex.testing import LiveSourceDriver, LiveSourceSuite, RecordingTarget

Item = tuple[coco.StableKey, str]
Entries = LiveMap[Any, Item]


@coco.fn(memo=True)
async def declare(entries: Entries, key: coco.StableKey, value: str) -> None:
    entries.declare_entry(key, (key, value))


class Producers:
    """One component for each entry of a dict, which follow its changes."""

    def __init__(self, entries: Entries, wanted: dict[Any, str], changed: asyncio.Queue[coco.StableKey]) -> None:
        self._entries = entries
        self._wanted = wanted
        self._changed = changed

    async def process(self) -> None:
        for key, value in list(self._wanted.items()):
            await coco.mount(coco.component_subpath(key), declare, self._entries, key, value)

    async def process_live(self, operator: coco.LiveComponentOperator) -> None:
        await operator.update_full()
        await operator.mark_ready()
        while True:
            key = await self._changed.get()
            if key in self._wanted:
                await operator.update(coco.component_subpath(key), declare, self._entries, key, self._wanted[key])
            else:
                await operator.delete(coco.component_subpath(key))


class Declared(LiveSourceDriver[Item]):
    """A `LiveMap` that producers fill."""

    def __init__(self) -> None:
        self._wanted: dict[coco.StableKey, str] = {}
        self._changed: asyncio.Queue[coco.StableKey] = asyncio.Queue()

    async def source(self) -> Entries:
        entries: Entries = await LiveMap.create()
        producers = await coco.mount(Producers, entries, self._wanted, self._changed)
        await producers.ready()
        return entries

    async def read(self, item: Item) -> Item:
        return item

    async def put(self, key: coco.StableKey, value: str) -> None:
        self._wanted[key] = value
        self._changed.put_nowait(key)

    async def remove(self, key: coco.StableKey) -> None:
        del self._wanted[key]
        self._changed.put_nowait(key)


class TestSuite(LiveSourceSuite):
    """The map passes what every live source has to pass."""

    @pytest.fixture
    def driver(self) -> Declared:
        return Declared()


class Restarted:
    """A program whose producers run in the background while its consumer begins; it is run again and again."""

    def __init__(self, folder: Path) -> None:
        self._store = folder / "store"
        self.target = RecordingTarget()
        self.wanted: dict[Any, str] = {"a": "one", "b": "two"}
        self.consumed: list[Item] = []
        self.declares = asyncio.Event()

    async def run(self, until: dict[coco.StableKey, str]) -> None:
        """Run it live until the target holds this and the update is ready."""
        self.declares = asyncio.Event()
        environment = coco.Environment(coco.Settings(db_path=self._store))
        handle = coco.App(coco.AppConfig("app", environment=environment), self._main).update(live=True)
        result = asyncio.ensure_future(handle.result())
        async for snapshot in handle.watch():
            if snapshot.status is coco.UpdateStatus.READY and self.target.data == until:
                break
        result.cancel()
        with suppress(asyncio.CancelledError):
            await result
        environment.close()

    async def _main(self) -> None:
        entries: Entries = await LiveMap.create()
        for key, value in self.wanted.items():
            await coco.mount(coco.component_subpath(key), self._produce, entries, key, value)
        await coco.mount_each(self._consume, entries)
        self.declares.set()

    async def _produce(self, entries: Entries, key: coco.StableKey, value: str) -> None:
        await self.declares.wait()
        entries.declare_entry(key, (key, value))

    async def _consume(self, item: Item) -> None:
        self.consumed.append(item)
        self.target.declare(*item)


def test_what_the_last_process_made_stays_until_its_producers_have_declared(tmp_path: Path) -> None:
    async def main() -> None:
        program = Restarted(tmp_path)
        await program.run(until={"a": "one", "b": "two"})
        program.target.take()
        program.consumed.clear()

        await program.run(until={"a": "one", "b": "two"})
        assert program.target.take() == []
        assert sorted(program.consumed) == [("a", "one"), ("b", "two")]

        program.wanted = {"b": "three"}
        await program.run(until={"b": "three"})
        assert sorted((action.verb, action.key) for action in program.target.take()) == [
            ("delete", "a"),
            ("upsert", "b"),
        ]

    asyncio.run(main())


def test_of_two_that_declare_one_entry_the_other_one_counts_once_one_goes(tmp_path: Path) -> None:
    target = RecordingTarget()
    calls: asyncio.Queue[str | None] = asyncio.Queue()

    class Rows:
        """Two rows; the second one comes, and goes."""

        async def __aiter__(self) -> Any:
            yield 1, "one"

        async def watch(self, subscriber: Any) -> None:
            await subscriber.update_all()
            await subscriber.mark_ready()
            while (value := await calls.get()) is not None:
                handle = await (subscriber.update(2, value) if value else subscriber.delete(2))
                await handle.ready()

    @coco.fn(memo=True)
    async def produce(value: str, entries: LiveMap[str, str]) -> None:
        entries.declare_entry("key", value)

    async def consume(value: str) -> None:
        target.declare("key", value)

    async def main() -> None:
        entries: LiveMap[str, str] = await LiveMap.create()
        await coco.mount_each(produce, Rows(), entries)
        await coco.mount_each(consume, entries)

    async def run() -> None:
        environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
        handle = coco.App(coco.AppConfig("app", environment=environment), main).update(live=True)
        result = asyncio.ensure_future(handle.result())
        steps = ["one", "two", "one"]
        async for snapshot in handle.watch():
            if snapshot.status is not coco.UpdateStatus.READY or target.data != {"key": steps[0]}:
                continue
            steps.pop(0)
            if not steps:
                break
            calls.put_nowait("two" if len(steps) == 2 else "")
        result.cancel()
        with suppress(asyncio.CancelledError):
            await result
        environment.close()

    asyncio.run(asyncio.wait_for(run(), 30))

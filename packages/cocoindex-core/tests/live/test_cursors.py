"""What a live range stores of its source: a checkpoint is stored when all calls before it are durable, not earlier."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import CocoIndexError, MountTypeError

from .driven import Driven, Feed, live
from .memory_target import MemoryTarget


@pytest.fixture
def target() -> MemoryTarget:
    return MemoryTarget()


class Program:
    """An app that mounts what is in `feeds` by name; `main` may be called several times, with other feeds."""

    def __init__(self, make_app: Any, target: MemoryTarget) -> None:
        self.target = target
        self.feeds: dict[str, Any] = {}
        self.app = make_app(self.main)
        self.told: list[str] = []
        self.waits = asyncio.Event()

    async def keep(self, value: Any) -> None:
        if value == "bad below":
            await coco.mount(coco.component_subpath("below"), self.keep, "bad")
            return
        if value == "bad":
            raise ValueError(value)
        if value == "waits":
            self.waits.set()
            await asyncio.get_running_loop().create_future()
        self.target.declare(*value)

    async def main(self) -> None:
        async with coco.exception_handler(lambda error, context: self.told.append(repr(error))):
            for name, feed in self.feeds.items():
                await coco.mount_each(coco.component_subpath(name), self.keep, feed)


@pytest.fixture
def program(make_app: Any, target: MemoryTarget) -> Program:
    return Program(make_app, target)


def checkpoint(value: Any, key: str = "cursor") -> Callable[[Any], Any]:
    return lambda calls: calls.checkpoint(value, key)


def update(number: int, calls: Any) -> Any:
    return calls.update(number, (number, number))


def read(key: str = "cursor") -> Callable[[Any], Any]:
    return lambda calls: calls.read_committed_state(key)


async def at_next_start(program: Program, name: str = "feed", **options: Any) -> Any:
    """What a feed finds when it is started again."""
    found: list[Any] = []

    class Reads(Feed):
        async def first(self, subscriber: Any) -> None:
            found.append(await subscriber.read_committed_state("cursor"))

    program.feeds[name] = Reads()
    await program.app.update(**options)
    return found[0]


async def until(calls: Driven, value: Any) -> None:
    """Wait until a value is stored."""
    while await calls.do(read()) != value:  # noqa: ASYNC110  # nothing else tells of it
        await asyncio.sleep(0)


def test_a_checkpoint_is_there_after_a_restart(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        async with live(program.app):
            assert await feed.do(read()) is None
            await feed.do(lambda calls: calls.update(1, ("a", 1)))
            await feed.do(checkpoint({"offset": 10}))
            await until(feed, {"offset": 10})
            assert program.target.data == {"a": 1}
        assert await at_next_start(program) == {"offset": 10}
        assert await at_next_start(program) == {"offset": 10}

    asyncio.run(run())


def test_it_waits_for_all_calls_before_it(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        async with live(program.app):
            await feed.do(checkpoint(1))
            await until(feed, 1)
            program.target.open.clear()
            handle = await feed.do(lambda calls: calls.update(1, ("a", 1)))
            await feed.do(checkpoint(2))
            await feed.do(lambda calls: calls.write_committed_state("other", "written at once"))
            assert await feed.do(read()) == 1 and await feed.do(read("other")) == "written at once"
            program.target.open.set()
            await handle.ready()
            assert await feed.do(read()) == 2, "it is stored with the call"

    asyncio.run(run())


def test_an_update_that_stops_before_keeps_the_older_one(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        async with live(program.app):
            await feed.update(1, ("a", 1))
            await feed.do(checkpoint(1))
            await until(feed, 1)
            await feed.do(lambda calls: calls.update(2, "waits"))
            await program.waits.wait()
            await feed.update(3, ("c", 3))
            await feed.do(checkpoint(2))
        assert program.target.data == {"a": 1, "c": 3}
        assert await at_next_start(program) == 1

    asyncio.run(run())


def test_what_a_sink_applies_as_the_update_stops_counts(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        async with live(program.app):
            program.target.open.clear()
            await feed.do(lambda calls: calls.update(1, ("a", 1)))
            await program.target.called.wait()
            await feed.do(checkpoint(1))
            asyncio.get_running_loop().call_later(0.1, program.target.open.set)
        assert program.target.data == {"a": 1}
        assert await at_next_start(program) == 1

    asyncio.run(run())


def test_checkpoints_get_on_while_there_is_always_something_under_way(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        async with live(program.app):
            stored = 0
            handle: Any = None
            for n in range(200):
                newer = await feed.do(partial(update, n))
                await feed.do(checkpoint(n))
                if handle is not None:
                    await handle.ready()
                handle = newer
                now = await feed.do(read()) or 0
                assert stored <= now <= n
                stored = now
            assert stored >= 190

    asyncio.run(run())


def test_a_checkpoint_before_the_end_of_an_update_that_ends(program: Program) -> None:
    async def run() -> None:
        called: list[str] = []

        class Reads(Feed):
            async def first(self, subscriber: Any) -> None:
                await subscriber.update_many((n, (n, n)) for n in range(100))
                await subscriber.checkpoint("end")
                subscriber.durable(lambda: called.append("durable"))

        program.feeds["feed"] = Reads()
        await program.app.update()
        assert called == ["durable"] and len(program.target.data) == 100
        assert await at_next_start(program) == "end"

    asyncio.run(run())


def test_callbacks_come_in_order_once_all_before_is_durable(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        called: list[Any] = []
        done = asyncio.Event()

        async def later() -> None:
            await asyncio.sleep(0)
            called.append("awaited")

        def fails() -> None:
            raise ValueError("in a callback")

        async def act(subscriber: Any) -> None:
            subscriber.durable(lambda: called.append("nothing before"))
            await subscriber.update(1, ("a", 1))
            subscriber.durable(lambda: called.append(dict(program.target.data)))
            subscriber.durable(later)
            subscriber.durable(fails)
            subscriber.durable(done.set)

        async with live(program.app):
            await feed.do(act)
            await done.wait()
        assert called == ["nothing before", {"a": 1}, "awaited"]
        assert program.told == ["ValueError('in a callback')"]

    asyncio.run(run())


def test_the_last_that_is_said_for_a_key_counts(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        async with live(program.app):
            program.target.open.clear()
            handle = await feed.do(lambda calls: calls.update(1, ("a", 1)))
            await feed.do(checkpoint("waits"))
            await feed.do(lambda calls: calls.write_committed_state("cursor", "written"))
            program.target.open.set()
            await handle.ready()
            assert await feed.do(read()) == "written"

    asyncio.run(run())


def test_a_full_reprocess_begins_at_the_beginning(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        async with live(program.app):
            await feed.do(lambda calls: calls.write_committed_state("cursor", 1))
        assert await at_next_start(program, full_reprocess=True) is None
        assert await at_next_start(program) is None

    asyncio.run(run())


def test_it_goes_with_the_range(program: Program) -> None:
    async def run() -> None:
        first, second = Feed(), Feed()
        program.feeds = {"feed": first, "other": second}
        async with live(program.app):
            await first.do(lambda calls: calls.write_committed_state("cursor", 1))
            await first.update(1, ("a", 1))
            await second.do(lambda calls: calls.write_committed_state("cursor", 2))
            await second.update(1, ("b", 2))
        del program.feeds["feed"]
        assert await at_next_start(program, "other") == 2
        assert program.target.data == {"b": 2}
        assert await at_next_start(program, "feed") is None
        program.feeds.clear()
        await program.app.update()
        assert program.target.data == {}
        assert await at_next_start(program, "other") is None

    asyncio.run(run())


def test_it_goes_with_the_component_and_with_the_app(make_app: Any, target: MemoryTarget) -> None:
    async def run() -> None:
        found: list[Any] = []
        mounted = True

        class Component:
            async def process(self) -> None:
                target.declare("declared", 1)

            async def process_live(self, operator: Any) -> None:
                found.append(await operator.read_committed_state("cursor"))
                await operator.update_full()
                await operator.checkpoint(len(found))
                await operator.mark_ready()

        @coco.fn
        async def group() -> None:
            await coco.mount(Component)

        @coco.fn
        async def main() -> None:
            if mounted:
                await coco.mount(group)

        app = make_app(main)
        await app.update()
        await app.update()
        assert found == [None, 1]
        mounted = False
        await app.update()
        assert target.data == {}
        mounted = True
        await app.update()
        await app.update()
        assert found == [None, 1, None, 3]
        await app.drop()
        await app.update()
        assert found == [None, 1, None, 3, None]

    asyncio.run(run())


def test_what_cannot_be_stored_or_is_no_key(program: Program) -> None:
    async def run() -> None:
        feed = program.feeds["feed"] = Feed()
        async with live(program.app):
            with pytest.raises(CocoIndexError, match="'cursor' of the live range of component /"):
                await feed.do(checkpoint(lambda: None))
            with pytest.raises(MountTypeError, match="is a str, not a int"):
                await feed.do(checkpoint(1, key=1))  # type: ignore[arg-type]

    asyncio.run(run())

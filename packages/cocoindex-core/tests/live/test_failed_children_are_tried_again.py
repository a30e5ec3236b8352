"""A child of a live range that has failed is tried again by itself, after longer and longer pauses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time

from .memory_target import MemoryTarget

Told = list[tuple[str, str, float]]


class Feed:
    """A live map that is driven by what its test gives to `then`."""

    def __init__(self, then: Callable[[Any], Awaitable[None]]) -> None:
        self.then = then
        self.error: AssertionError | None = None

    async def watch(self, subscriber: Any) -> None:
        await subscriber.mark_ready()
        try:
            await self.then(subscriber)
        except AssertionError as exc:  # a loop that fails would run again
            self.error = exc


class View(Feed):
    def __init__(self, items: dict[int, Any], then: Callable[[Any], Awaitable[None]]) -> None:
        super().__init__(then)
        self.items = items

    async def __aiter__(self) -> AsyncIterator[tuple[int, Any]]:
        for item in list(self.items.items()):
            yield item

    async def watch(self, subscriber: Any) -> None:
        await subscriber.update_all()
        await super().watch(subscriber)


class Program:
    """An app whose children declare what they are given, unless they are to raise; what failed, when."""

    def __init__(self, make_app: Any) -> None:
        self.make_app = make_app
        self.target = MemoryTarget()
        self.bodies: list[float] = []
        self.raises = False
        self.told: Told = []

    def keep(self, value: Any) -> None:
        self.bodies.append(self.time)
        if self.raises:
            raise ValueError("told to fail")
        self.target.declare(*value)

    async def body(self, value: Any) -> None:
        self.time = asyncio.get_running_loop().time()
        self.keep(value)

    def handler(self, error: BaseException, context: coco.ExceptionContext) -> None:
        now = asyncio.get_running_loop().time()
        self.told.append((context.stable_path, context.mount_kind, now))

    def run(self, items: Any, child: Any = None, *, live: bool = True) -> None:
        @coco.fn
        async def main() -> None:
            async with coco.exception_handler(self.handler):
                await coco.mount_each(coco.component_subpath("items"), child or self.body, items)

        async def update() -> None:
            await self.make_app(main).update(live=live)

        run_in_virtual_time(update())
        if items.error is not None:
            raise items.error

    @property
    def times(self) -> list[int]:
        """When something was told, in seconds."""
        return [round(when) for _, _, when in self.told]


@pytest.fixture
def program(make_app: Any) -> Program:
    return Program(make_app)


def test_a_failed_sink_is_tried_again_until_it_answers(program: Program) -> None:
    program.target.fail_keys = {"a"}

    async def watch(subscriber: Any) -> None:
        await (await subscriber.update(1, ("a", 1))).ready()
        assert program.told == [('/"items"/1', "process_live", 0)] and program.target.data == {}
        await asyncio.sleep(8)
        assert program.times == [0, 1, 3, 7]
        program.target.fail_keys = set()
        await asyncio.sleep(8)
        assert program.target.data == {"a": 1}
        await asyncio.sleep(3600)

    program.run(Feed(watch))
    assert program.times == [0, 1, 3, 7]
    assert len(program.bodies) == 5


def test_a_failed_body_is_tried_again_five_times(program: Program) -> None:
    program.raises = True

    async def watch(subscriber: Any) -> None:
        await subscriber.update(1, ("a", 1))
        await asyncio.sleep(3600)
        assert program.times == [0, 1, 3, 7, 15, 31]
        program.raises = False
        await (await subscriber.update(1, ("a", 2))).ready()
        assert program.target.data == {"a": 2}

    program.run(Feed(watch))
    assert len(program.bodies) == 7


def test_a_newer_call_replaces_the_retry(program: Program) -> None:
    program.raises = True

    async def watch(subscriber: Any) -> None:
        await (await subscriber.update(1, ("a", 1))).ready()
        program.raises = False
        await (await subscriber.update(1, ("a", 2))).ready()
        await asyncio.sleep(3600)

    program.run(Feed(watch))
    assert program.target.data == {"a": 2} and program.times == [0] and len(program.bodies) == 2


def test_a_failed_delete_is_tried_again(program: Program) -> None:
    async def watch(subscriber: Any) -> None:
        await (await subscriber.update(1, ("a", 1))).ready()
        program.target.fail_keys = {"a"}
        await (await subscriber.delete(1)).ready()
        assert program.target.data == {"a": 1} and program.times == [0]
        program.target.fail_keys = set()
        await asyncio.sleep(2)
        assert program.target.data == {}

    program.run(Feed(watch))


@pytest.mark.parametrize("fails", ["body", "sink"])
def test_a_child_is_tried_again_where_one_below_it_failed(program: Program, fails: str) -> None:
    async def parent(value: Any) -> None:
        await coco.mount(coco.component_subpath("below"), program.body, value)

    async def watch(subscriber: Any) -> None:
        program.raises = fails == "body"
        program.target.fail_keys = {"a"} if fails == "sink" else set()
        await (await subscriber.update(1, ("a", 1))).ready()
        await asyncio.sleep(3600)
        assert [round(when) for when in program.bodies[:6]] == [0, 1, 3, 7, 15, 31]
        assert fails == "sink" or len(program.bodies) == 6
        program.raises, program.target.fail_keys = False, set()
        await asyncio.sleep(301)
        assert program.target.data == ({} if fails == "body" else {"a": 1})

    program.run(Feed(watch), parent)


def test_a_child_is_tried_again_where_one_below_it_could_not_be_removed(program: Program) -> None:
    async def parent(value: Any) -> None:
        if value is not None:
            await coco.mount(coco.component_subpath("below"), program.body, value)

    async def watch(subscriber: Any) -> None:
        await (await subscriber.update(1, ("a", 1))).ready()
        program.target.fail_keys = {"a"}
        await (await subscriber.update(1, None)).ready()
        assert program.target.data == {"a": 1} and program.times == [0]
        program.target.fail_keys = set()
        await asyncio.sleep(2)
        assert program.target.data == {}

    program.run(Feed(watch), parent)


def test_what_a_scan_found_is_tried_again(program: Program) -> None:
    program.target.fail_keys = {"a"}

    async def watch(subscriber: Any) -> None:
        assert program.target.data == {"b": 2}
        program.target.fail_keys = set()
        await asyncio.sleep(2)
        assert program.target.data == {"a": 1, "b": 2}

    program.run(View({1: ("a", 1), 2: ("b", 2)}, watch))


def test_an_update_that_ends_leaves_it_to_the_next_one(program: Program) -> None:
    program.target.fail_keys = {"a"}

    async def watch(subscriber: Any) -> None:
        raise AssertionError("the update is not live")

    view = View({1: ("a", 1)}, watch)
    program.run(view, live=False)
    assert program.times == [0]
    program.target.fail_keys = set()
    program.run(view, live=False)
    assert program.target.data == {"a": 1}


def test_process_runs_again_where_a_child_of_it_failed(make_app: Any) -> None:
    target = MemoryTarget()
    runs: list[float] = []

    async def keep(key: str) -> None:
        target.declare(key, 1)

    class Component:
        async def process(self) -> None:
            runs.append(round(asyncio.get_running_loop().time()))
            await coco.mount_each(keep, [("a", "a"), ("b", "b")])

        async def process_live(self, operator: Any) -> None:
            await operator.update_full()
            await operator.mark_ready()
            assert target.data == {"b": 1}
            await asyncio.sleep(4)
            target.fail_keys = set()
            await asyncio.sleep(3600)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(lambda error, context: None):
            await coco.mount(Component)

    async def update() -> None:
        await make_app(main).update(live=True)

    target.fail_keys = {"a"}
    run_in_virtual_time(update())
    assert target.data == {"a": 1, "b": 1} and runs == [0, 1, 3, 7]

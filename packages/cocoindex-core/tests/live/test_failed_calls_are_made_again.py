"""A call that fails is stored with the position of its source, which goes on; the next update makes it again first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time

from .driven import Driven, Feed, View, live
from .memory_target import MemoryTarget


@dataclass
class Item:
    """What a key of the source becomes."""

    key: str
    content: int


class Bare:
    """What cannot be stored."""

    key, content = "bare", 1


class Program:
    """An app that keeps the items of a feed, but for those whose content is `bad`, or that fail below."""

    def __init__(self, make_app: Any, target: MemoryTarget) -> None:
        self.target = target
        self.feed: Any = Feed()
        self.app = make_app(self.main)
        self.bad: set[Any] = set()
        self.bad_below: set[Any] = set()
        self.ran: list[Any] = []

    async def keep(self, item: Item) -> None:
        self.ran.append((item.key, item.content))
        await coco.mount(self.below, item.content)
        if item.content in self.bad:
            raise ValueError("bad")
        self.target.declare(item.key, item.content)

    async def below(self, content: int) -> None:
        if content in self.bad_below:
            raise ValueError("bad below")

    async def main(self) -> None:
        await coco.mount_each(coco.component_subpath("feed"), self.keep, self.feed)

    async def next_update(self, act: Callable[[Any], Any] | None = None, **options: Any) -> Any:
        """What is stored of the source when it is watched again; `act` is what that does first."""
        found: list[Any] = []

        class Reads(Feed):
            async def first(self, subscriber: Any) -> None:
                found.append(await subscriber.read_committed_state("cursor"))
                if act is not None:
                    await act(subscriber)

        self.feed = Reads()
        self.ran.clear()
        await self.app.update(**options)
        return found[0]


@pytest.fixture
def program(make_app: Any) -> Program:
    return Program(make_app, MemoryTarget())


async def stored(feed: Driven, value: Any) -> None:
    """Wait until a position is stored."""
    while await feed.do(lambda calls: calls.read_committed_state("cursor")) != value:  # noqa: ASYNC110  # on a virtual clock
        await asyncio.sleep(0.01)


def update(item: Item, calls: Any) -> Any:
    return calls.update(item.key, item)


async def change(feed: Driven, number: int, *items: Item) -> None:
    """Tell of items, and that the source is at this position then; wait for the calls."""
    handles = [await feed.do(partial(update, item)) for item in items]
    await feed.do(lambda calls: calls.checkpoint(number))
    for handle in handles:
        await handle.ready()


def test_a_target_that_fails_does_not_hold_the_position(program: Program) -> None:
    async def run() -> None:
        program.target.fail_keys = {"a"}
        async with live(program.app):
            await change(program.feed, 1, Item("a", 1))
            await stored(program.feed, 1)
            await change(program.feed, 2, Item("b", 2))
            await stored(program.feed, 2)
        assert program.target.data == {"b": 2}
        program.target.fail_keys = set()
        assert await program.next_update() == 2
        assert program.ran == [("a", 1)] and program.target.data == {"a": 1, "b": 2}
        assert await program.next_update() == 2
        assert program.ran == [], "it has been applied"

    run_in_virtual_time(run())


@pytest.mark.parametrize("below", [False, True])
def test_a_body_that_was_given_up_runs_in_the_next_update(program: Program, below: bool) -> None:
    bad = program.bad_below if below else program.bad
    bad.add(1)

    async def run() -> None:
        async with live(program.app):
            await change(program.feed, 1, Item("a", 1), Item("b", 2))
            await asyncio.sleep(100)
            assert program.ran.count(("a", 1)) == 6
            await stored(program.feed, 1)
        assert await program.next_update() == 1
        assert program.ran == [("a", 1)], "it still fails"
        bad.clear()
        async with live(program.app):
            assert program.ran[1:] == [("a", 1)] and program.target.data == {"a": 1, "b": 2}
        assert await program.next_update() == 1
        assert program.ran == []

    run_in_virtual_time(run())


@pytest.mark.parametrize("key", ["a", "a long key " * 50], ids=["short", "long"])
def test_a_removal_that_failed_is_made_again(program: Program, key: str) -> None:
    async def run() -> None:
        async with live(program.app):
            await change(program.feed, 1, Item(key, 1), Item("b", 2))
            program.target.fail_keys = {key}
            await program.feed.delete(key)
            await program.feed.do(lambda calls: calls.checkpoint(2))
            await stored(program.feed, 2)
        program.target.fail_keys = set()
        assert await program.next_update() == 2
        assert program.target.data == {"b": 2}

    run_in_virtual_time(run())


def test_in_an_update_that_ends(program: Program) -> None:
    async def fails(subscriber: Any) -> None:
        for number, item in enumerate([Item("a", 1), Item("b", 2), Item("b", 3)]):
            await subscriber.update(item.key, item)
            await subscriber.checkpoint(number)

    async def run() -> None:
        program.bad = {1}
        await program.next_update(fails)
        assert program.target.data == {"b": 3}
        program.bad = set()
        assert await program.next_update() == 2
        assert program.ran == [("a", 1)] and program.target.data == {"a": 1, "b": 3}

    asyncio.run(run())


def test_a_newer_call_of_the_source_counts_more(program: Program) -> None:
    async def newer(subscriber: Any) -> None:
        await subscriber.update("a", Item("a", 2))

    async def run() -> None:
        program.target.fail_keys = {"a"}
        async with live(program.app):
            await change(program.feed, 1, Item("a", 1))
            await stored(program.feed, 1)
        program.target.fail_keys = set()
        await program.next_update(newer)
        assert program.target.data == {"a": 2} and program.ran[-1] == ("a", 2)
        await program.next_update()
        assert program.ran == []

    run_in_virtual_time(run())


def test_of_two_calls_that_fail_the_newer_one_is_made_again(program: Program) -> None:
    async def run() -> None:
        program.target.fail_keys = {"a"}
        async with live(program.app):
            for number in (1, 2):
                await change(program.feed, number, Item("a", number))
                await stored(program.feed, number)
        program.target.fail_keys = set()
        assert await program.next_update() == 2
        assert program.ran == [("a", 2)]

    run_in_virtual_time(run())


def test_a_source_that_keeps_its_position_is_told_once_it_is_stored(program: Program) -> None:
    async def run() -> None:
        told = asyncio.Event()
        program.bad = {1}
        async with live(program.app):
            await change(program.feed, 1, Item("a", 1))
            await program.feed.do(lambda calls: asyncio.sleep(0, calls.durable(told.set)))
            await told.wait()
        program.bad = set()
        await program.next_update()
        assert program.target.data == {"a": 1}

    run_in_virtual_time(run())


def test_a_full_reprocess_begins_without_them(program: Program) -> None:
    async def run() -> None:
        program.target.fail_keys = {"a"}
        async with live(program.app):
            await change(program.feed, 1, Item("a", 1))
            await stored(program.feed, 1)
        assert await program.next_update(full_reprocess=True) is None
        assert program.ran == []

    run_in_virtual_time(run())


def test_what_cannot_be_stored_holds_the_position(program: Program, caplog: Any) -> None:
    async def run() -> None:
        program.target.fail_keys = {"bare"}
        bare: Any = Bare()
        async with live(program.app):
            await change(program.feed, 1, Item("a", 1))
            await stored(program.feed, 1)
            await change(program.feed, 2, bare)
            await change(program.feed, 3, bare, Item("b", 2))
            await asyncio.sleep(10)
            await stored(program.feed, 1)
            said = [record for record in caplog.records if "stays before it" in record.getMessage()]
            assert [record.levelno for record in said] == [logging.WARNING]
            assert "Bare cannot be stored" in said[0].getMessage()
            program.target.fail_keys = set()
            await stored(program.feed, 3)

    run_in_virtual_time(run())


def test_so_does_an_untyped_value_that_would_come_back_as_something_else(make_app: Any) -> None:
    target = MemoryTarget()
    target.fail_keys = {"a", "b"}
    feed = Feed()
    ran: list[Any] = []

    async def keep(value: Any) -> None:
        ran.append(value)
        target.declare(*value)

    async def main() -> None:
        await coco.mount_each(keep, feed)

    async def run() -> None:
        app = make_app(main)
        async with live(app):
            await feed.update("a", ("a", 1))
            await feed.do(lambda calls: calls.checkpoint(1))
            await stored(feed, 1)
            await feed.update("b", ("b", Item("b", 1)))
            await feed.do(lambda calls: calls.checkpoint(2))
            await asyncio.sleep(10)
            await stored(feed, 1)
        ran.clear()
        feed.__init__()  # type: ignore[misc]
        async with live(app):
            assert ran == [("a", 1)]

    run_in_virtual_time(run())


def test_more_than_a_few_thousand_are_not_stored(program: Program, caplog: Any) -> None:
    async def many(subscriber: Any) -> None:
        await subscriber.update_many((str(n), Item(str(n), 1)) for n in range(2000))
        await subscriber.checkpoint(1)
        while await subscriber.read_committed_state("cursor") != 1:  # noqa: ASYNC110  # until all of these have failed
            await asyncio.sleep(0.01)
        await subscriber.update_many((str(n), Item(str(n), 1)) for n in range(2000, 2100))
        await subscriber.checkpoint(2)

    async def run() -> None:
        program.bad = {1}
        await program.next_update(many)
        assert await program.next_update() == 1
        assert 2000 <= len(program.ran) <= 2048
        assert "more than 2048 keys have failed" in caplog.text

    asyncio.run(run())


def test_a_value_that_cannot_be_read_any_more_has_the_source_begin_anew(make_app: Any, caplog: Any) -> None:
    feed = Feed()
    found: list[Any] = []

    async def fails(item: Item) -> None:
        raise ValueError("bad")

    async def takes_another_type(item: int) -> None: ...

    async def main() -> None:
        await coco.mount_each(coco.component_subpath("feed"), takes[-1], feed)

    takes: list[Any] = [fails]

    async def run() -> None:
        app = make_app(main)
        async with live(app):
            await change(feed, 1, Item("a", 1))
            await stored(feed, 1)
        takes.append(takes_another_type)
        feed.__init__()  # type: ignore[misc]
        async with live(app):
            found.append(await feed.do(lambda calls: calls.read_committed_state("cursor")))

    run_in_virtual_time(run())
    assert found == [None]
    assert "from the beginning" in caplog.text


def test_a_view_that_lists_all_forgets_what_failed_before(make_app: Any) -> None:
    target = MemoryTarget()
    view = View({"a": Item("a", 1)})
    ran: list[int] = []

    async def keep(item: Item) -> None:
        ran.append(item.content)
        target.declare(item.key, item.content)

    async def main() -> None:
        await coco.mount_each(keep, view)

    async def run() -> None:
        app = make_app(main)
        async with live(app):
            target.fail_keys = {"a"}
            assert await view.do(lambda calls: calls.read_committed_state("cursor")) is None
            view.items["a"] = Item("a", 2)
            await change(view, 1, Item("a", 2))
            await stored(view, 1)
            target.fail_keys = set()
            del view.items["a"]
            await view.do(lambda calls: calls.update_all())
            await stored(view, 1)
        ran.clear()
        view.__init__({})  # type: ignore[misc]
        async with live(app):
            assert ran == [] and target.data == {}

    run_in_virtual_time(run())


def test_a_live_component_holds_its_position(make_app: Any) -> None:
    target = MemoryTarget()
    driven = Driven()
    path = coco.component_subpath("child")

    async def keep(key: str) -> None:
        target.declare(key, 1)

    class Component:
        async def process(self) -> None: ...

        async def process_live(self, operator: coco.LiveComponentOperator) -> None:
            await operator.mark_ready()
            await driven.run(operator)

    async def main() -> None:
        await coco.mount(Component)

    async def run() -> None:
        target.fail_keys = {"a"}
        async with live(make_app(main)):
            await driven.ready(lambda calls: calls.update(path, keep, "a"))
            await driven.do(lambda calls: calls.checkpoint(1))
            await asyncio.sleep(0.5)
            await stored(driven, None)
            target.fail_keys = set()
            await stored(driven, 1)

    run_in_virtual_time(run())

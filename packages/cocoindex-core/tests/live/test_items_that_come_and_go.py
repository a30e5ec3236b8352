"""An item that is gone when it is read is no failure where its removal, or a newer change, follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import SourceItemGoneError
from cocoindex.testing import run_in_virtual_time

from .conftest import Told
from .driven import Feed, Live, View, live
from .memory_target import MemoryTarget


class RowGoneError(SourceItemGoneError):
    """What a third party's source raises."""


class OwnError(Exception):
    """What the code of a user makes of it."""


class Items:
    """Items that may be gone when they are read, and a program that keeps them."""

    def __init__(self, kind: str = "own source") -> None:
        self.kind = kind
        self.gone: set[int] = set()
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()
        self.target = MemoryTarget()

    async def keep(self, number: int) -> None:
        self.reading.set()
        await self.go_on.wait()
        if number in self.gone:
            self._raise()
        self.target.declare(number, number)

    def _raise(self) -> None:
        if self.kind == "own source":
            raise RowGoneError("the row is gone")
        if self.kind == "file":
            raise FileNotFoundError(2, "no such file")
        try:
            raise RowGoneError("the row is gone")
        except RowGoneError as error:
            if self.kind == "cause":
                raise OwnError("cannot read it") from error
            raise OwnError("cannot read it")  # noqa: B904  # as many do


def errors(update: Live) -> int:
    stats = update.handle.stats()
    assert stats is not None
    return stats.total.num_errors


def program(items: Items, source: Any, *, below: str = "") -> Callable[[], Any]:
    async def keep(number: int) -> None:
        if below == "mount":
            await coco.mount(coco.component_subpath("below"), items.keep, number)
        elif below == "use_mount":
            await coco.use_mount(coco.component_subpath("below"), items.keep, number)
        else:
            await items.keep(number)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(keep, source)

    return main


@pytest.mark.parametrize("kind", ["own source", "file", "cause", "context"])
@pytest.mark.parametrize("below", ["", "mount", "use_mount"])
@pytest.mark.parametrize("waits", [True, False])
def test_its_removal_follows(make_app: Any, told: list[Told], kind: str, below: str, waits: bool) -> None:
    async def run() -> None:
        items, feed = Items(kind), Feed()
        items.gone.add(1)
        async with live(make_app(program(items, feed, below=below))) as update:
            call = await feed.do(lambda subscriber: subscriber.update(1, 1))
            await items.reading.wait()
            if waits:
                removal = await feed.do(lambda subscriber: subscriber.delete(1))
                items.go_on.set()
            else:
                items.go_on.set()
                await asyncio.sleep(1.5)
                removal = await feed.do(lambda subscriber: subscriber.delete(1))
            await call.ready()
            await removal.ready()
            assert told == []
            assert errors(update) == 0
            items.gone.clear()
            await feed.update(1, 1)
            assert items.target.data == {1: 1}

    run_in_virtual_time(run())


def test_it_is_there_again(make_app: Any, told: list[Told]) -> None:
    async def run() -> None:
        items, feed = Items(), Feed()
        items.gone.add(1)
        async with live(make_app(program(items, feed))):
            await feed.do(lambda subscriber: subscriber.update(1, 1))
            await items.reading.wait()
            items.go_on.set()
            await asyncio.sleep(0.5)
            items.gone.clear()
            await feed.update(1, 1)
            assert items.target.data == {1: 1}

    run_in_virtual_time(run())
    assert told == []


def test_what_was_there_before_goes(make_app: Any, told: list[Told]) -> None:
    """It stays until the removal is applied, and goes with it."""

    async def run() -> None:
        items, feed = Items(), Feed()
        items.go_on.set()
        async with live(make_app(program(items, feed))):
            await feed.update(1, 1)
            items.gone.add(1)
            await feed.do(lambda subscriber: subscriber.update(1, 1))
            await asyncio.sleep(0.5)
            assert items.target.data == {1: 1}
            await feed.delete(1)
            assert items.target.data == {}

    run_in_virtual_time(run())
    assert told == []


def test_where_nothing_follows_it_is_told_and_tried_again(make_app: Any, told: list[Told]) -> None:
    async def run() -> None:
        items, feed = Items(), Feed()
        items.gone.add(1)
        items.go_on.set()
        loop = asyncio.get_running_loop()
        async with live(make_app(program(items, feed))) as update:
            began = loop.time()
            call = await feed.do(lambda subscriber: subscriber.update(1, 1))
            await call.ready()
            assert loop.time() - began == pytest.approx(2, abs=0.1)
            assert [one.path for one in told] == ["/@keep/1"]
            assert errors(update) == 1
            items.gone.clear()
            await asyncio.sleep(1.5)
            assert items.target.data == {1: 1}

    run_in_virtual_time(run())


def test_while_a_view_is_listed(make_app: Any, told: list[Told]) -> None:
    async def run() -> None:
        items = Items()
        view = View({1: 1, 2: 2})
        items.gone.add(1)

        async def first(subscriber: Any) -> None:
            listing = asyncio.ensure_future(subscriber.update_all())
            await items.reading.wait()
            items.go_on.set()
            await asyncio.sleep(0.5)
            del view.items[1]
            await subscriber.delete(1)
            await listing

        view.first = first  # type: ignore[method-assign]
        async with live(make_app(program(items, view))):
            assert items.target.data == {2: 2}

    run_in_virtual_time(run())
    assert told == []


def test_in_an_update_that_is_not_live_it_fails_at_once(make_app: Any, told: list[Told]) -> None:
    async def run() -> None:
        items = Items()
        items.gone.add(1)
        items.go_on.set()
        began = asyncio.get_running_loop().time()
        await make_app(program(items, View({1: 1, 2: 2}))).update()
        assert asyncio.get_running_loop().time() - began < 1
        assert [one.path for one in told] == ["/@keep/1"]

    run_in_virtual_time(run())


def test_a_sink_that_finds_no_file_fails_at_once(make_app: Any, told: list[Told]) -> None:
    async def run() -> None:
        feed, target = Feed(), MemoryTarget()

        async def apply(*_: Any) -> None:
            raise FileNotFoundError(2, "no such file")

        target._sink = coco.TargetActionSink.from_async_fn(apply)

        async def keep(number: int) -> None:
            target.declare(number, number)

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async with live(make_app(main)):
            began = asyncio.get_running_loop().time()
            await (await feed.do(lambda subscriber: subscriber.update(1, 1))).ready()
            assert asyncio.get_running_loop().time() - began < 1
            assert len(told) == 1

    run_in_virtual_time(run())

"""`update_part` lists what begins with a prefix, and leaves the rest of the map as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import InvalidSubpathError, MountTypeError

from .driven import Feed, View, live
from .memory_target import MemoryTarget

FOLDERS = {"a": 1, "a/b": 1, "a/c": 1, "a/d/e": 1, "ab": 1, "b/a/c": 1}


@pytest.fixture
def target() -> MemoryTarget:
    return MemoryTarget()


def program(make_app: Any, target: MemoryTarget, items: Any) -> tuple[Any, list[Any]]:
    ran: list[Any] = []

    @coco.fn(memo=True)
    async def keep(item: tuple[str, int]) -> None:
        ran.append(item)
        await coco.mount(below, item)

    @coco.fn(memo=True)
    async def below(item: tuple[str, int]) -> None:
        target.declare(*item)

    async def main() -> None:
        await coco.mount_each(keep, items)

    return make_app(main), ran


def items_of(folders: dict[str, int]) -> list[tuple[str, tuple[str, int]]]:
    return [(key, (key, value)) for key, value in folders.items()]


def test_what_is_in_the_part_comes_changes_and_goes(make_app: Any, target: MemoryTarget) -> None:
    async def run() -> None:
        view = View(dict(items_of(FOLDERS)))
        app, ran = program(make_app, target, view)
        async with live(app):
            assert target.data == FOLDERS
            ran.clear()
            now = items_of({"a/b": 1, "a/c": 2, "a/f": 1})
            await view.do(lambda calls: calls.update_part("a/", now))
            assert sorted(ran) == [("a/c", 2), ("a/f", 1)]
            assert target.data == {"a": 1, "a/b": 1, "a/c": 2, "a/f": 1, "ab": 1, "b/a/c": 1}

    asyncio.run(run())


@pytest.mark.parametrize("kind", [View, Feed])
def test_a_part_that_is_gone(make_app: Any, target: MemoryTarget, kind: Any) -> None:
    async def run() -> None:
        items = kind(dict(items_of(FOLDERS))) if kind is View else kind()
        app, _ = program(make_app, target, items)
        async with live(app):
            await items.do(lambda calls: calls.update_many(items_of(FOLDERS)))
            await items.do(lambda calls: calls.update_part("a/", ()))
            assert target.data == {"a": 1, "ab": 1, "b/a/c": 1}
            await items.do(lambda calls: calls.update_part("", ()))
            assert target.data == {}

    asyncio.run(run())


def test_a_later_call_counts(make_app: Any, target: MemoryTarget) -> None:
    async def run() -> None:
        view = View(dict(items_of(FOLDERS)))
        app, _ = program(make_app, target, view)
        at_it, go_on = asyncio.Event(), asyncio.Event()

        async def part() -> AsyncIterator[tuple[str, tuple[str, int]]]:
            yield "a/b", ("a/b", 2)
            at_it.set()
            await go_on.wait()
            yield "a/c", ("a/c", 2)

        async with live(app):
            listing = asyncio.ensure_future(view.calls.update_part("a/", part()))
            await at_it.wait()
            await view.delete("a/c")
            await view.update("a/b", ("a/b", 3))
            await view.update("a/d/e", ("a/d/e", 3))
            go_on.set()
            await listing
            assert target.data == {"a": 1, "a/b": 3, "a/d/e": 3, "ab": 1, "b/a/c": 1}

    asyncio.run(run())


def test_it_counts_from_when_it_was_called(make_app: Any, target: MemoryTarget) -> None:
    """A listing of all is under way, so that it has to wait; what is called meanwhile is newer."""

    async def run() -> None:
        view = View(dict(items_of(FOLDERS)))
        app, _ = program(make_app, target, view)
        at_it, go_on = asyncio.Event(), asyncio.Event()

        async def listed(key: str) -> None:
            if key == "ab":
                at_it.set()
                await go_on.wait()

        async with live(app):
            view.listed = listed
            listing = asyncio.ensure_future(view.calls.update_all())
            await at_it.wait()
            part = asyncio.ensure_future(view.calls.update_part("a/", ()))
            await asyncio.sleep(0)
            await view.update("a/b", ("a/b", 2))
            await view.update("a/new", ("a/new", 2))
            go_on.set()
            await listing
            await part
            assert target.data == {"a": 1, "a/b": 2, "a/new": 2, "ab": 1, "b/a/c": 1}

    asyncio.run(run())


def test_one_that_breaks_off_removes_nothing_and_holds_the_position(make_app: Any, target: MemoryTarget) -> None:
    async def run() -> None:
        view = View(dict(items_of(FOLDERS)))
        app, _ = program(make_app, target, view)

        async def part() -> AsyncIterator[tuple[str, tuple[str, int]]]:
            yield "a/b", ("a/b", 2)
            raise OSError("cannot be listed")

        async def stored() -> Any:
            for _ in range(100):
                await asyncio.sleep(0)
            return await view.do(lambda calls: calls.read_committed_state("cursor"))

        async with live(app):
            with pytest.raises(OSError, match="cannot be listed"):
                await view.do(lambda calls: calls.update_part("a/", part()))
            assert await stored() is None
            assert target.data == {**FOLDERS, "a/b": 2}
            await view.do(lambda calls: calls.checkpoint(1))
            await view.do(lambda calls: calls.update_part("b/", items_of({"b/a/c": 1})))
            assert await stored() is None, "that was another part"
            await view.do(lambda calls: calls.update_part("a", items_of({"a": 1, "a/b": 2})))
            assert await stored() == 1
            assert target.data == {"a": 1, "a/b": 2, "b/a/c": 1}

    asyncio.run(run())


def test_items_of_another_part_are_refused(make_app: Any, target: MemoryTarget) -> None:
    async def run() -> None:
        view = View(dict(items_of(FOLDERS)))
        app, _ = program(make_app, target, view)
        async with live(app):
            with pytest.raises(InvalidSubpathError, match=r"'ab' was passed to update_part\(\) of the subscriber"):
                await view.do(lambda calls: calls.update_part("a/", items_of({"ab": 2})))
            with pytest.raises(MountTypeError, match="is a prefix of keys that are str, not 1"):
                await view.do(lambda calls: calls.update_part(1, ()))
            assert target.data == FOLDERS

    asyncio.run(run())


@pytest.mark.parametrize("length", [300, 350, 380, 1000])
def test_a_long_prefix(make_app: Any, target: MemoryTarget, length: int) -> None:
    folder = "x" * length + "/"
    here, there = {folder + "y" * size: 1 for size in (1, 200)}, {"x" * length + "z": 1}

    async def run() -> None:
        view = View(dict(items_of({**here, **there})))
        app, _ = program(make_app, target, view)
        async with live(app):
            assert target.data == {**here, **there}
            view.items = dict(items_of(there))
            await view.do(lambda calls: calls.update_part(folder, ()))
            assert target.data == there

    asyncio.run(run())


def test_a_long_prefix_of_a_feed_is_refused(make_app: Any, target: MemoryTarget) -> None:
    async def run() -> None:
        feed = Feed()
        app, _ = program(make_app, target, feed)
        async with live(app):
            with pytest.raises(InvalidSubpathError, match="a prefix of at most 3"):
                await feed.do(lambda calls: calls.update_part("x" * 500, ()))

    asyncio.run(run())


def test_a_failed_key_that_is_gone_with_its_part_is_not_made_again(make_app: Any, target: MemoryTarget) -> None:
    async def run() -> None:
        feed = Feed()
        app, ran = program(make_app, target, feed)
        async with live(app):
            target.fail_keys = {"a/b"}
            await feed.update("a/b", ("a/b", 1))
            await feed.do(lambda calls: calls.update_part("a/", ()))
        target.fail_keys = set()
        ran.clear()
        feed.__init__()  # type: ignore[misc]
        async with live(app):
            assert ran == [] and target.data == {}

    asyncio.run(run())

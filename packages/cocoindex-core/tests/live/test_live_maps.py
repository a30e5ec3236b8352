"""`mount_each` over a live map: a child for each key, changed as the map tells, removed where a scan misses it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import Feed, View, live


@pytest.fixture
def target() -> RecordingTarget:
    return RecordingTarget()


def app_over(make_app: Any, target: RecordingTarget, items: Any) -> Any:
    async def keep(value: Any) -> None:
        target.declare(value[0], value[1])

    @coco.fn
    async def main() -> str:
        await coco.mount_each(coco.component_subpath("items"), keep, items)
        return "done"

    return make_app(main)


def test_a_view_is_listed_then_watched(make_app: Any, target: RecordingTarget) -> None:
    async def run() -> None:
        view = View({1: ("a", 1), 2: ("b", 2)})
        async with live(app_over(make_app, target, view)):
            assert target.data == {"a": 1, "b": 2}
            await view.update(3, ("c", 3))
            await view.update(1, ("a", 10))
            assert target.data == {"a": 10, "b": 2, "c": 3}
            await view.delete(2)
            assert target.data == {"a": 10, "c": 3}

    asyncio.run(run())


def test_a_rescan_removes_what_it_does_not_meet(make_app: Any, target: RecordingTarget) -> None:
    async def run() -> None:
        view = View({1: ("a", 1), 2: ("b", 2)})
        async with live(app_over(make_app, target, view)):
            view.items = {2: ("b", 3), 4: ("d", 4)}
            await view.do(lambda subscriber: subscriber.update_all())
            assert target.data == {"b": 3, "d": 4}

    asyncio.run(run())


def test_a_feed_keeps_its_children_from_one_update_to_the_next(make_app: Any, target: RecordingTarget) -> None:
    async def run() -> None:
        feed = Feed()
        app = app_over(make_app, target, feed)
        async with live(app):
            await feed.update(1, ("a", 1))
            await feed.update(2, ("b", 2))
        async with live(app):
            assert target.data == {"a": 1, "b": 2}
            await feed.delete(1)
            assert target.data == {"b": 2}
        await app.update()
        assert target.data == {"b": 2}

    asyncio.run(run())


def test_many_are_told_at_once(make_app: Any, target: RecordingTarget) -> None:
    async def run() -> None:
        feed = Feed()
        async with live(app_over(make_app, target, feed)) as update:
            await feed.do(lambda subscriber: subscriber.update_many((n, (n, n)) for n in range(5000)))
            await feed.update(5000, ("last", 1))
            feed.end()
            assert await update.result == "done"
        expected: dict[Any, Any] = {n: n for n in range(5000)}
        assert target.data == expected | {"last": 1}

    asyncio.run(run())


def test_the_update_ends_with_its_result_when_the_loop_returns(make_app: Any, target: RecordingTarget) -> None:
    async def run() -> None:
        view = View({1: ("a", 1)})
        async with live(app_over(make_app, target, view)) as update:
            await view.do(lambda subscriber: subscriber.update(2, ("b", 2)))
            view.end()
            assert await update.result == "done"
        assert target.data == {"a": 1, "b": 2}

    asyncio.run(run())


def test_long_keys(make_app: Any, target: RecordingTarget) -> None:
    async def run() -> None:
        first, second = "x" * 600 + "1", "x" * 600 + "2"
        view = View({first: ("a", 1), second: ("b", 2)})
        async with live(app_over(make_app, target, view)):
            del view.items[first]
            await view.do(lambda subscriber: subscriber.update_all())
            assert target.data == {"b": 2}
            await view.delete(second)
            assert target.data == {}

    asyncio.run(run())

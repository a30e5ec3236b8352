"""What cannot be mounted or called in live mode is refused, with what to do instead."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import FunctionArgumentError, MountError, MountTypeError, PathExistsError

from .conftest import Told
from .driven import Driven, Feed, View, live


class Component:
    def __init__(self, driven: Driven, *, extra: int = 0) -> None:
        self.driven = driven

    async def process(self) -> None:
        """Nothing is mounted."""

    async def process_live(self, operator: Any) -> None:
        await self.driven.run(operator)


async def nothing(*_: Any) -> None: ...


def test_use_mount_refuses_a_live_component(make_app: Any) -> None:
    async def main() -> None:
        await coco.use_mount(Component, Driven())

    with pytest.raises(TypeError, match=r"use coco\.mount\(\)"):
        make_app(main).update_blocking()


def test_mount_each_refuses_a_live_component(make_app: Any) -> None:
    async def main() -> None:
        fn: Any = Component
        await coco.mount_each(fn, [(1, 1)])

    with pytest.raises(MountTypeError, match=r"give it to coco\.mount\(\)"):
        make_app(main).update_blocking()


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_process_live_that_is_not_async(make_app: Any, told: list[Told], goes_on: bool) -> None:
    class Sync:
        async def process(self) -> None:
            """Nothing is mounted."""

        def process_live(self, operator: Any) -> None:
            """Lacks its `async`."""

    async def main() -> None:
        kind: Any = Sync
        await coco.mount(kind)

    make_app(main).update_blocking(live=goes_on)
    assert [type(failure.error) for failure in told] == [MountTypeError]
    assert "define it by async def" in str(told[0].error)


def test_a_watch_that_is_not_async(make_app: Any) -> None:
    class Sync:
        def watch(self, subscriber: Any) -> None:
            """Lacks its `async`."""

    async def main() -> None:
        items: Any = Sync()
        await coco.mount_each(nothing, items)

    with pytest.raises(MountTypeError, match="define its watch\\(\\) by async def"):
        make_app(main).update_blocking(live=True)


def test_a_watch_that_a_plain_function_wraps(make_app: Any) -> None:
    def decorated(fn: Any) -> Any:
        @functools.wraps(fn)
        def call(*args: Any) -> Any:
            return fn(*args)

        return call

    ran: list[Any] = []

    async def note(value: Any) -> None:
        ran.append(value)

    class Wrapped:
        @decorated
        async def watch(self, subscriber: Any) -> None:
            await subscriber.update("a", 1)

    async def main() -> None:
        items: Any = Wrapped()
        await coco.mount_each(note, items)

    make_app(main).update_blocking(live=True)
    assert ran == [1]


@pytest.mark.parametrize("lacks", ["process", "process_live"])
def test_a_live_component_that_lacks_a_method(make_app: Any, lacks: str) -> None:
    class Half:
        async def process(self) -> None: ...
        async def process_live(self, operator: Any) -> None: ...

    delattr(Half, lacks)

    async def main() -> None:
        kind: Any = Half
        await coco.mount(kind)

    with pytest.raises(MountTypeError, match=rf"Half lacks {lacks}\(\)"):
        make_app(main).update_blocking()


@pytest.mark.parametrize(
    ("name", "given", "match"),
    [
        ("update_many", 5, "takes an iterable of"),
        ("update_many", {"a": 1}, "give its items"),
        ("update_many", [1], "pairs, not 1"),
        ("update_many", [("a", 1, 2)], "pairs, not"),
        ("durable", 5, "takes a function"),
        ("lag", "5", "is a number"),
        ("note", 5, "takes a text"),
    ],
)
def test_what_calls_of_a_subscriber_do_not_take(make_app: Any, name: str, given: Any, match: str) -> None:
    async def run() -> None:
        feed = Feed()

        async def call(subscriber: Any) -> None:
            result = getattr(subscriber, name)(given)
            if result is not None:
                await result

        async def main() -> None:
            await coco.mount_each(nothing, feed)

        async with live(make_app(main)):
            with pytest.raises(MountTypeError, match=match):
                await feed.do(call)

    asyncio.run(run())


@pytest.mark.parametrize(("args", "kwargs"), [((), {}), ((1, 2), {}), ((1,), {"other": 1})])
def test_arguments_that_init_does_not_take(make_app: Any, args: Any, kwargs: Any) -> None:
    async def main() -> None:
        await coco.mount(Component, *args, **kwargs)

    with pytest.raises(FunctionArgumentError, match="cannot make a Component"):
        make_app(main).update_blocking()


def test_two_live_components_at_one_path(make_app: Any) -> None:
    async def main() -> None:
        await coco.mount(Component, Driven())
        await coco.mount(Component, Driven())

    with pytest.raises(PathExistsError, match="/@Component"):
        make_app(main).update_blocking()


@pytest.mark.parametrize("order", [0, 1, 2])
def test_two_maps_or_a_map_and_a_list_at_one_path(make_app: Any, order: int) -> None:
    kinds: list[list[Any]] = [[View({1: 1}), View({2: 2})], [View({1: 1}), [(2, 2)]], [[(2, 2)], View({1: 1})]]

    async def main() -> None:
        for items in kinds[order]:
            await coco.mount_each(nothing, items)

    with pytest.raises(PathExistsError, match="path of its own"):
        make_app(main).update_blocking()


def test_a_component_may_have_the_path_that_items_are_below(make_app: Any) -> None:
    ran: list[Any] = []

    async def note(*values: Any) -> None:
        ran.append(values)

    async def main() -> None:
        await coco.mount(note)
        await coco.mount_each(note, View({1: 1}))

    app = make_app(main)
    for _ in range(2):
        app.update_blocking()
        assert sorted(ran) == [(), (1,)]
        ran.clear()


def test_a_key_that_a_map_gives_twice(make_app: Any) -> None:
    class Twice(View):
        async def __aiter__(self) -> Any:
            for key in (1, 2, 1):
                yield key, key

    async def main() -> None:
        await coco.mount_each(nothing, Twice({}))

    with pytest.raises(PathExistsError, match="/@nothing/1"):
        make_app(main).update_blocking()


def test_loops_mount_and_declare_nothing(make_app: Any) -> None:
    async def run() -> None:
        component, feed = Driven(), Feed()

        async def main() -> None:
            await coco.mount(Component, component)
            await coco.mount_each(nothing, feed)

        async with live(make_app(main), wait=False):
            for driven in (component, feed):
                with pytest.raises(MountError, match="nothing can be mounted in the process_live"):
                    await driven.do(lambda _: coco.mount(nothing))
                with pytest.raises(MountError, match="nothing can be mounted in the process_live"):
                    await driven.do(lambda _: coco.mount_each(nothing, [(1, 1)]))

    asyncio.run(run())


def test_wrong_arguments_of_operators(make_app: Any) -> None:
    async def run() -> None:
        driven = Driven()
        path = coco.component_subpath("path")

        async def main() -> None:
            await coco.mount(Component, driven)

        async with live(make_app(main), wait=False):
            with pytest.raises(MountTypeError, match=r"takes a coco\.component_subpath"):
                await driven.do(lambda operator: operator.update("path", nothing))
            with pytest.raises(MountTypeError, match=r"takes a coco\.component_subpath"):
                await driven.do(lambda operator: operator.delete("path"))
            with pytest.raises(MountTypeError, match="takes a function"):
                await driven.do(lambda operator: operator.update(path, 5))
            with pytest.raises(FunctionArgumentError):
                await driven.do(lambda operator: operator.update(path, Component))
            with pytest.raises(MountTypeError, match="takes an exception"):
                await driven.do(lambda operator: operator.report_exception("no exception"))

    asyncio.run(run())


def test_loops_read_the_context(tmp_path: Any) -> None:
    key = coco.ContextKey[str]("live/key")
    seen: list[str] = []

    class Reads(Feed):
        async def watch(self, subscriber: Any) -> None:
            seen.append(coco.use_context(key))

    env = coco.Environment(coco.Settings(db_path=tmp_path / "store"), name="context")
    env.context_provider.provide(key, "value")

    async def main() -> None:
        await coco.mount_each(nothing, Reads())

    coco.App(coco.AppConfig(name="app", environment=env), main).update_blocking()
    assert seen == ["value"]
    env.close()

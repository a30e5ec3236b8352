"""In an update that is not live, a loop ends at `mark_ready()`, with its `finally` blocks, and the update goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .conftest import Told


class Catching:
    """A feed that also is a live component; takes down what it comes to."""

    def __init__(self, seen: list[str], *, marks: bool = True) -> None:
        self.seen = seen
        self.marks = marks

    async def process(self) -> None:
        """There is nothing to list."""

    async def process_live(self, operator: Any) -> None:
        await self.watch(operator)

    async def watch(self, subscriber: Any) -> None:
        try:
            self.seen.append("before")
            if self.marks:
                await subscriber.mark_ready()
                await subscriber.mark_ready()
                self.seen.append("after")
        finally:
            await asyncio.sleep(0)
            self.seen.append("finally")


async def nothing(*_: Any) -> None: ...


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("as_map", [True, False])
def test_the_loop_ends_there(make_app: Any, marks: bool, as_map: bool) -> None:
    seen: list[str] = []

    @coco.fn
    async def main() -> str:
        if as_map:
            handle = await coco.mount_each(nothing, Catching(seen, marks=marks))
        else:
            handle = await coco.mount(Catching, seen, marks=marks)
        await handle.ready()
        seen.append("ready")
        return "done"

    assert make_app(main).update_blocking() == "done"
    assert seen == ["before", "finally", "ready"]


@pytest.mark.parametrize("marks", [True, False])
def test_marking_twice_or_never_in_a_live_update(make_app: Any, marks: bool) -> None:
    seen: list[str] = []

    @coco.fn
    async def main() -> None:
        await coco.mount_each(nothing, Catching(seen, marks=marks))

    make_app(main).update_blocking(live=True)
    assert seen == (["before", "after", "finally"] if marks else ["before", "finally"])


def test_what_was_called_before_is_applied(make_app: Any) -> None:
    target = RecordingTarget()

    class Calls(Catching):
        async def watch(self, subscriber: Any) -> None:
            for n in range(50):
                await subscriber.update(n, n)
            await subscriber.delete(7)
            await subscriber.mark_ready()

    async def keep(value: int) -> None:
        await asyncio.sleep(0)
        target.declare(value, value)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(keep, Calls([]))

    make_app(main).update_blocking()
    assert target.data == {n: n for n in range(50) if n != 7}


def test_marked_from_another_task(make_app: Any) -> None:
    seen: list[str] = []

    class InTasks(Catching):
        async def watch(self, subscriber: Any) -> None:
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(subscriber.mark_ready())
                    await asyncio.Event().wait()
            finally:
                self.seen.append("finally")

    @coco.fn
    async def main() -> None:
        await coco.mount_each(nothing, InTasks(seen))

    make_app(main).update_blocking()
    assert seen == ["finally"]


def test_a_cleanup_that_fails_is_told(make_app: Any, told: list[Told]) -> None:

    class Fails(Catching):
        async def watch(self, subscriber: Any) -> None:
            try:
                await subscriber.mark_ready()
            finally:
                raise ValueError("in the cleanup")

    @coco.fn
    async def main() -> str:
        await coco.mount(Fails, [])
        return "done"

    assert make_app(main).update_blocking() == "done"
    assert [(str(each.error), each.path, each.kind) for each in told] == [("in the cleanup", "/@Fails", "process_live")]


def test_a_loop_that_fails_before_fails_its_component(make_app: Any, told: list[Told]) -> None:
    wrong = ValueError("wrong")

    class Fails(Catching):
        async def watch(self, subscriber: Any) -> None:
            raise wrong

    async def mounts() -> None:
        await coco.mount_each(nothing, Fails([]))

    @coco.fn
    async def main() -> str:
        await coco.mount(Fails, [])
        await coco.mount(mounts)
        return "done"

    assert make_app(main).update_blocking() == "done"
    assert {(each.path, each.kind) for each in told} == {("/@Fails", "process_live"), ("/@mounts", "mount")}
    assert [each.error for each in told] == [wrong, wrong]

    @coco.fn
    async def root() -> None:
        await coco.mount_each(nothing, Fails([]))

    with pytest.raises(ValueError, match="wrong") as raised:
        make_app(root, name="other").update_blocking()
    assert raised.value is wrong


def test_an_init_that_fails_is_told(make_app: Any, told: list[Told]) -> None:

    class Fails(Catching):
        def __init__(self) -> None:
            raise ValueError("in init")

    @coco.fn
    async def main() -> str:
        await coco.mount(Fails)
        return "done"

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking(live=True) == "done"
    assert [(str(each.error), each.path) for each in told] == [("in init", "/@Fails")] * 2

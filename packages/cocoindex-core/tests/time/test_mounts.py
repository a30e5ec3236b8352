"""A time limit follows what the caller waits for (`use_mount`), and not what runs in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.deadline import remaining_seconds
from cocoindex.testing import RecordingContainers, RecordingTarget, run_in_virtual_time

SECOND = timedelta(seconds=1)


def update(app: Any) -> Any:
    async def run() -> Any:
        return await app.update()

    return run_in_virtual_time(run())


@coco.fn
async def look(*_: Any) -> float | None:
    return remaining_seconds()


@coco.fn
def look_in_thread() -> float | None:
    return remaining_seconds()


def test_use_mount_hands_it_on(make_app: Any) -> None:
    @coco.fn
    async def main() -> Any:
        with coco.timeout(SECOND):
            return [await coco.use_mount(look), await coco.use_mount(look_in_thread)]

    here, in_thread = update(make_app(main))
    assert here == 1 and 0 < in_thread <= 1


def test_use_mount_hands_it_on_through_two_levels(make_app: Any) -> None:
    @coco.fn
    async def middle() -> Any:
        return await coco.use_mount(look)

    @coco.fn
    async def main() -> Any:
        with coco.timeout(SECOND):
            return await coco.use_mount(middle)

    assert update(make_app(main)) == 1


def test_mount_and_mount_each_do_not(make_app: Any) -> None:
    seen: list[float | None] = []

    @coco.fn
    async def child(_: Any = None) -> None:
        seen.append(remaining_seconds())

    @coco.fn
    def sync_child() -> None:
        seen.append(remaining_seconds())

    @coco.fn
    async def main() -> None:
        with coco.timeout(SECOND):
            await coco.mount(child)
            await coco.mount(sync_child)
            await coco.mount_each(coco.component_subpath("each"), child, [(1, 1), (2, 2)])

    update(make_app(main))
    assert seen == [None] * 4


def test_a_child_that_is_needed_fails_and_its_parent_with_it(make_app: Any) -> None:
    seen: list[str] = []

    @coco.fn
    async def child() -> None:
        await asyncio.sleep(2)
        seen.append("not interrupted")
        coco.check_cancellation()
        seen.append("never")

    @coco.fn
    async def main() -> None:
        with coco.timeout(SECOND):
            await coco.use_mount(child)

    with pytest.raises(coco.DeadlineExceededError, match="/@child"):
        update(make_app(main))
    assert seen == ["not interrupted"]


def test_a_body_is_not_run_when_the_time_is_over_before_it_starts(make_app: Any) -> None:
    """The only slot is taken for as long as the limit lasts."""
    ran: list[str] = []

    @coco.fn
    async def occupying() -> None:
        await asyncio.sleep(2)

    @coco.fn
    async def child() -> None:
        ran.append("child")

    @coco.fn
    async def main() -> None:
        await coco.mount(occupying)
        with coco.timeout(SECOND):
            await coco.use_mount(child)

    with pytest.raises(coco.DeadlineExceededError, match="start of component /@child"):
        update(make_app(main, limit=1))
    assert ran == []


CALLS: list[tuple[str, Callable[[], Any]]] = [
    ("mount()", lambda: coco.mount(look)),
    ("use_mount()", lambda: coco.use_mount(look)),
    ("mount_each()", lambda: coco.mount_each(look, [])),
    ("mount_target()", lambda: coco.mount_target(RecordingContainers().table("t"))),
    ("map()", lambda: coco.map(look, [])),
]


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_each_is_refused_when_the_time_is_over(make_app: Any, name: str, call: Callable[[], Any]) -> None:
    @coco.fn
    async def main() -> str:
        with coco.timeout(timedelta(0)):
            try:
                await call()
            except coco.DeadlineExceededError as exc:
                return str(exc)
        return "allowed"

    assert f"coco.{name}" in make_app(main).update_blocking()


@pytest.mark.parametrize("each", [False, True])
def test_ready_raises_after_the_wait_and_the_child_is_not_harmed(make_app: Any, each: bool) -> None:
    target = RecordingTarget()

    @coco.fn
    async def child(key: str) -> None:
        await asyncio.sleep(2)
        coco.check_cancellation()
        target.declare(key, 1)

    @coco.fn
    async def main() -> str:
        with coco.timeout(SECOND):
            handle = await (coco.mount_each(child, [("a", "a")]) if each else coco.mount(child, "a"))
            try:
                await handle.ready()
            except coco.DeadlineExceededError:
                return f"raised after {asyncio.get_running_loop().time()} s"
        return "ready"

    assert update(make_app(main)) == "raised after 2.0 s"
    assert target.data == {"a": 1}


def test_mount_each_takes_no_more_items_when_the_time_is_over(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def child(n: int) -> None:
        await asyncio.sleep(1)
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        with coco.timeout(SECOND * 10):
            await coco.mount_each(child, [(n, n) for n in range(100)])

    with pytest.raises(coco.DeadlineExceededError, match="mount_each"):
        update(make_app(main, limit=2))
    assert 15 <= len(target.data) <= 22


def test_the_slot_of_a_child_that_ran_out_of_time_is_free_again(make_app: Any) -> None:
    @coco.fn
    async def slow() -> None:
        await asyncio.sleep(2)

    @coco.fn
    async def main() -> list[float | None]:
        for n in range(3):
            with coco.timeout(SECOND):
                try:
                    await coco.use_mount(coco.component_subpath(n), slow)
                except coco.DeadlineExceededError:
                    pass
        return await coco.map(look, [1, 2])

    assert update(make_app(main, limit=1)) == [None, None]

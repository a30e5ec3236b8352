"""How many components run at once, nesting without deadlock, sync and async side by side."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_deep_tree_completes_with_few_slots(make_app: Any, limit: int) -> None:
    target = RecordingTarget()

    @coco.fn
    async def node(path: tuple[int, ...]) -> int:
        if len(path) == 4:
            await asyncio.sleep(0)
            target.declare(path, 1)
            return 1
        first = await coco.use_mount(coco.component_subpath("first"), node, (*path, 0))
        handles = [await coco.mount(coco.component_subpath(n), node, (*path, n)) for n in range(1, 3)]
        await handles[0].ready()
        return int(first)

    make_app(node, (), limit=limit).update_blocking()
    assert len(target.data) == 3**4


@pytest.mark.parametrize("limit", [1, 4])
def test_no_more_than_the_limit_run_at_once(make_app: Any, limit: int) -> None:
    running, most = 0, 0

    @coco.fn
    async def work(n: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(3):
            await asyncio.sleep(0)
        running -= 1

    @coco.fn
    async def main() -> None:
        await coco.mount_each(work, [(n, n) for n in range(40)])

    make_app(main, limit=limit).update_blocking()
    assert 1 <= most <= limit


def test_mount_waits_while_no_slot_is_free(make_app: Any) -> None:
    pulled, finished, ahead = 0, 0, 0

    def source() -> Any:
        nonlocal pulled, ahead
        for n in range(200):
            pulled += 1
            ahead = max(ahead, pulled - finished)
            yield n, n

    @coco.fn
    async def work(n: int) -> None:
        nonlocal finished
        await asyncio.sleep(0)
        finished += 1

    @coco.fn
    async def main() -> None:
        for key, value in source():
            await coco.mount(coco.component_subpath(key), work, value)

    make_app(main, limit=5).update_blocking()
    assert finished == 200 and ahead <= 8


def test_blocking_sync_components_run_side_by_side(make_app: Any) -> None:
    barrier = threading.Barrier(16)
    target = RecordingTarget()

    @coco.fn
    def work(n: int) -> None:
        barrier.wait(timeout=30)
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(work, [(n, n) for n in range(16)])

    make_app(main).update_blocking()
    assert target.data == {n: n for n in range(16)}


def test_many_quick_sync_components(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    def work(n: int) -> None:
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(work, ((n, n) for n in range(3000)))

    make_app(main).update_blocking()
    assert len(target.data) == 3000


def test_context_variables_do_not_leak_into_siblings(make_app: Any) -> None:
    from contextvars import ContextVar

    var: ContextVar[int] = ContextVar("var", default=-1)
    seen: list[int] = []

    @coco.fn
    async def work(n: int) -> None:
        seen.append(var.get())
        var.set(n)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(work, [(n, n) for n in range(20)])

    make_app(main).update_blocking()
    assert seen == [-1] * 20


def test_a_cancellation_in_user_code_fails_that_child_only(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()

    @coco.fn
    async def work(n: int) -> None:
        if n == 3:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(work, [(n, n) for n in range(8)])

    make_app(main).update_blocking()
    assert sorted(target.data) == [0, 1, 2, 4, 5, 6, 7]


def test_asyncio_timeout_works_inside_components(make_app: Any) -> None:
    @coco.fn
    async def main() -> str:
        try:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        except TimeoutError:
            return "timed out"
        return "no"

    assert make_app(main).update_blocking() == "timed out"


def test_a_hundred_thousand_children_stream(make_app: Any) -> None:
    @coco.fn(memo=True)
    async def work(item: Any) -> None:
        pass

    alive, most = 0, 0

    class Item:
        def __init__(self, n: int) -> None:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)
            self.n = n

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

        def __coco_memo_key__(self) -> object:
            return self.n

    @coco.fn
    async def main() -> None:
        await coco.mount_each(work, ((n, Item(n)) for n in range(100_000)))

    make_app(main).update_blocking()
    assert most < 10_000
    most = 0
    make_app(main, name="again").update_blocking()


def test_overlapping_updates_of_one_app_queue(make_app: Any) -> None:
    running, most = 0, 0

    @coco.fn
    async def main() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1

    app = make_app(main)

    async def both() -> None:
        await asyncio.gather(app.update(), app.update(), app.update())

    asyncio.run(both())
    assert most == 1

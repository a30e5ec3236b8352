"""A task that a component started, and that waits for the engine, is released when the update is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers

at = coco.component_subpath


class Bodies:
    """Components that never end; `started` is set when as many run as there are slots."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.started = asyncio.Event()
        self.count = 0
        self.over = False

    async def never_ends(self, value: int = 0) -> None:
        assert not self.over, "a component began after its update had ended"
        self.count += 1
        if self.count >= self.slots:
            self.started.set()
        await asyncio.Event().wait()


async def ready(bodies: Bodies) -> None:
    await (await coco.mount(at("one"), bodies.never_ends)).ready()


async def ready_of_each(bodies: Bodies) -> None:
    await (await coco.mount_each(at("each"), bodies.never_ends, [(0, 0)])).ready()


async def use_mount(bodies: Bodies) -> None:
    await coco.use_mount(at("one"), bodies.never_ends)


async def mount_without_a_slot(bodies: Bodies) -> None:
    for number in range(bodies.slots + 1):
        await coco.mount(at(number), bodies.never_ends)


async def mount_target(bodies: Bodies) -> None:
    tables = RecordingContainers()
    for number in range(bodies.slots):
        await coco.mount(at(number), bodies.never_ends)
    await coco.mount_target(tables.table("table"))


WAITS: list[tuple[Callable[[Bodies], Awaitable[None]], int]] = [
    (ready, 1),
    (ready_of_each, 1),
    (use_mount, 1),
    (mount_without_a_slot, 3),
    (mount_target, 3),
]


@pytest.mark.parametrize("shielded", [False, True])
@pytest.mark.parametrize(("wait", "slots"), WAITS, ids=[wait.__name__ for wait, _ in WAITS])
def test_it_is_cancelled(make_app: Any, wait: Any, slots: int, shielded: bool) -> None:
    async def run() -> None:
        bodies, tasks = Bodies(slots), list[asyncio.Task[None]]()

        async def main() -> None:
            task = asyncio.ensure_future(wait(bodies))
            tasks.append(task)
            await (asyncio.shield(task) if shielded else asyncio.Event().wait())

        async def update() -> None:
            await make_app(main, limit=slots + 1 if wait in (ready, ready_of_each, use_mount) else slots).update()

        updating = asyncio.ensure_future(update())
        await bodies.started.wait()
        updating.cancel()
        with pytest.raises(asyncio.CancelledError):
            await updating
        bodies.over = True
        await asyncio.wait(tasks, timeout=30)
        assert [task.cancelled() for task in tasks] == [True]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())

"""A mount, or a wait for one, on another loop than the update's is an error that says so, and hangs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers, RecordingTarget


@coco.fn
async def child(n: int = 0) -> int:
    return n


tables = RecordingContainers("test/mounted from another loop")

MOUNTS: dict[str, Callable[[], Awaitable[Any]]] = {
    "mount": lambda: coco.mount(child),
    "use_mount": lambda: coco.use_mount(child),
    "mount_each": lambda: coco.mount_each(child, [(1, 1), (2, 2)]),
    "mount_target": lambda: coco.mount_target(tables.table("t")),
}


@pytest.mark.parametrize("how", MOUNTS)
def test_in_asyncio_run_in_a_sync_component(make_app: Any, how: str) -> None:
    target = RecordingTarget()

    async def mount() -> Any:
        return await MOUNTS[how]()

    @coco.fn
    def main() -> None:
        target.declare("row", 1)
        with pytest.raises(coco.errors.EnvironmentLoopError, match=r"another event loop.*make the function async"):
            asyncio.run(mount())

    make_app(main).update_blocking()
    assert target.data == {"row": 1}


def test_where_nobody_catches_it_the_component_fails(make_app: Any) -> None:
    @coco.fn
    def main() -> None:
        asyncio.run(MOUNTS["mount"]())  # type: ignore[arg-type]  # a coroutine

    with pytest.raises(coco.errors.EnvironmentLoopError):
        make_app(main).update_blocking()


@pytest.mark.parametrize("how", ["mount", "mount_each"])
def test_a_handle_that_is_waited_for_elsewhere(make_app: Any, how: str) -> None:
    @coco.fn
    async def main() -> None:
        handle = await MOUNTS[how]()
        with pytest.raises(coco.errors.EnvironmentLoopError, match="another event loop"):
            await asyncio.to_thread(asyncio.run, handle.ready())
        await handle.ready()

    make_app(main).update_blocking()


def test_an_update_of_another_app_may_be_awaited_on_any_loop(make_app: Any) -> None:
    inner = make_app(child, 7, name="inner")

    async def update() -> Any:
        return await inner.update()

    @coco.fn
    def main() -> Any:
        return asyncio.run(update())

    assert make_app(main).update_blocking() == 7

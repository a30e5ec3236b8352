"""An update that is cancelled ends, although user code swallows the cancellation and goes on to mount or to wait.

Libraries do so, too: `asyncio.wait_for` before Python 3.12, where the cancellation comes with the result.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

WAYS = ["nothing", "use_mount", "mount", "mount_each", "mount_target", "ready", "in a task"]


async def cancelled(app: Any, waits: asyncio.Event) -> None:
    update = asyncio.ensure_future(app.update().result())
    await waits.wait()
    update.cancel()
    await asyncio.wait([update], timeout=60)
    assert update.cancelled()


async def its_loop_ends(app: Any, waits: asyncio.Event) -> None:
    update = asyncio.ensure_future(app.update().result())
    await waits.wait()
    assert not update.done()


@pytest.mark.parametrize("then", WAYS)
@pytest.mark.parametrize("end", [cancelled, its_loop_ends])
def test_the_update_ends(make_app: Any, end: Any, then: str) -> None:
    target, ran = RecordingTarget(), list[str]()
    waits = asyncio.Event()

    @coco.fn
    async def hangs() -> None:
        await asyncio.Event().wait()

    @coco.fn
    async def child(value: int = 0) -> None:
        ran.append("child")

    async def go_on(earlier: Any) -> None:
        if then == "use_mount":
            await coco.use_mount(child)
        elif then == "mount":
            await (await coco.mount(child)).ready()
        elif then == "mount_each":
            await (await coco.mount_each(child, [("a", 1), ("b", 2)])).ready()
        elif then == "mount_target":
            await coco.mount_target(target.provider.target_state("a", 1))
        elif then == "ready":
            await earlier.ready()
        elif then == "in a task":
            await asyncio.gather(coco.use_mount(child), return_exceptions=True)

    @coco.fn
    async def swallows() -> None:
        earlier = await coco.mount(hangs)
        try:
            waits.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass
        await go_on(earlier)

    @coco.fn
    async def main() -> None:
        await coco.use_mount(swallows)

    asyncio.run(end(make_app(main), waits))
    assert (ran if end is cancelled else [], target.data) == ([], {})

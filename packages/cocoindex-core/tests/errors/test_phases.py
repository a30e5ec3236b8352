"""A failure in processing writes nothing; one while targets are written is made up for by the next update."""

from __future__ import annotations

from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def test_processing_that_fails_has_written_nothing(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def child() -> None:
        target.declare("row", 1)
        raise KeyError

    @coco.fn
    async def main() -> None:
        await coco.mount(child)

    make_app(main).update_blocking()
    assert target.actions == []


def test_a_target_that_failed_half_way_is_brought_in_step_by_the_next_update(make_app: Any) -> None:
    target = RecordingTarget()
    value = [1]

    @coco.fn
    async def child() -> None:
        target.declare("a", value[0])
        target.declare("b", value[0])

    @coco.fn
    async def main() -> None:
        await coco.mount(child)

    app = make_app(main)
    app.update_blocking()
    value[0], target.fail_keys = 2, {"b"}
    target.data["a"] = 2  # what a target may do before it fails
    app.update_blocking()
    value[0], target.fail_keys = 1, set()
    app.update_blocking()
    assert target.data == {"a": 1, "b": 1}


def test_failures_are_counted(make_app: Any) -> None:
    @coco.fn
    async def child(n: int) -> None:
        if n % 2:
            raise KeyError(n)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(n, n) for n in range(5)])

    async def run() -> coco.UpdateStats | None:
        handle = make_app(main).update()
        await handle
        stats: coco.UpdateStats | None = handle.stats()
        return stats

    import asyncio

    stats = asyncio.run(run())
    assert stats is not None
    assert stats.by_component[child.__qualname__].num_errors == stats.total.num_errored == 2
    assert stats.by_component[child.__qualname__].num_adds == 3

"""`stats()` gives the numbers at any time: none before the start, the last ones after the end."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def test_none_before_the_start_and_the_last_ones_after_the_end(make_app: Any) -> None:
    @coco.fn
    async def main() -> str:
        return "result"

    async def run() -> None:
        handle = make_app(main).update()
        assert handle.stats() is None
        assert await handle.result() == await handle == "result"
        stats = handle.stats()
        assert stats.by_component == {main.__qualname__: coco.ComponentStats(1, num_adds=1)}
        assert stats.total == coco.ComponentStats(1, num_adds=1)

    asyncio.run(run())


def test_what_each_number_counts(make_app: Any) -> None:
    target, source = RecordingTarget(), {"same": 1, "changed": 1, "gone": 1, "bad": 1}

    @coco.fn(memo=True)
    async def process(value: int, key: str) -> None:
        if value < 0:
            raise ValueError(key)
        target.declare(key, value)

    @coco.fn
    async def main() -> None:
        for key, value in source.items():
            await coco.mount(coco.component_subpath(key), process, value, key)

    app = make_app(main)
    app.update_blocking()
    source.update(changed=2, bad=-1, new=1)
    del source["gone"]

    async def run() -> coco.UpdateStats:
        handle = app.update()
        await handle
        stats: coco.UpdateStats = handle.stats()
        return stats

    stats = asyncio.run(run())
    process_stats = stats.by_component[process.__qualname__]
    assert process_stats == coco.ComponentStats(
        num_execution_starts=4, num_unchanged=1, num_adds=1, num_deletes=1, num_reprocesses=1, num_errors=1
    )
    assert process_stats.num_processed == 4
    assert process_stats.num_finished == 5
    assert process_stats.num_in_progress == 0
    assert process_stats.num_errored == 1
    assert stats.total == coco.ComponentStats(5, 1, 1, 1, 2, 1)


def test_in_progress_never_goes_below_zero() -> None:
    assert coco.ComponentStats(num_execution_starts=1, num_deletes=5).num_in_progress == 0
    assert coco.ComponentStats(num_execution_starts=5, num_adds=2).num_in_progress == 3


def test_a_drop_has_them_too(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def child(n: int) -> None:
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(n, n) for n in range(3)])

    async def run() -> Any:
        app = make_app(main)
        await app.update()
        handle = app.drop()
        assert handle.stats() is None
        await handle
        return handle.stats().by_component[child.__qualname__].num_deletes

    assert asyncio.run(run()) == 3

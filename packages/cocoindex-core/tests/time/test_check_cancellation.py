"""`check_cancellation` raises in sync and async code, in threads that have the component, and once the update stops."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.deadline import remaining_seconds


def test_a_long_loop_in_a_sync_component_stops(make_app: Any) -> None:
    def main() -> None:
        with coco.timeout(timedelta(milliseconds=2)):
            while True:
                coco.check_cancellation()

    with pytest.raises(coco.DeadlineExceededError, match="component /"):
        make_app(main).update_blocking()


def test_a_thread_that_the_context_is_attached_in_has_the_time_limit_too(make_app: Any) -> None:
    def in_thread(context: coco.ComponentContext) -> float | None:
        with context.attach():
            return remaining_seconds()

    @coco.fn
    async def main() -> list[float | None]:
        with ThreadPoolExecutor(1) as pool:
            outside = pool.submit(in_thread, coco.get_component_context()).result()
            with coco.timeout(timedelta(0)):
                inside = pool.submit(in_thread, coco.get_component_context()).result()
        return [outside, inside]

    assert make_app(main).update_blocking() == [None, 0]


def test_in_a_cancelled_update_a_sync_body_is_told(make_app: Any) -> None:
    started, told = threading.Event(), threading.Event()

    @coco.fn
    def work() -> None:
        started.set()
        try:
            while True:
                coco.check_cancellation()
        except coco.errors.UpdateCancelledError as exc:
            assert "/@work" in str(exc)
            told.set()
            raise

    @coco.fn
    async def main() -> None:
        await coco.mount(work)

    async def run() -> None:
        update = asyncio.ensure_future(make_app(main).update().result())
        await asyncio.to_thread(started.wait, 30)
        update.cancel()
        await asyncio.wait([update])
        assert update.cancelled()

    asyncio.run(run())
    assert told.wait(30)

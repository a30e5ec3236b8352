"""`watch()` of a live update: RUNNING until it is ready, a READY snapshot for each change, the result in the last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

RUNNING, READY = coco.UpdateStatus.RUNNING, coco.UpdateStatus.READY

target = RecordingTarget("test/watched live update")


@coco.fn
async def row(value: int, key: str) -> None:
    if value < 0:
        raise ValueError(value)
    target.declare(key, value)


class Feed:
    """Tells of whatever is put into it; ends where that is None."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[tuple[str, int | None] | None] = asyncio.Queue()

    async def watch(self, subscriber: Any) -> None:
        await subscriber.update("first", (1, "first"))
        await subscriber.mark_ready()
        while (change := await self.changes.get()) is not None:
            key, value = change
            handle = await (subscriber.delete(key) if value is None else subscriber.update(key, (value, key)))
            await handle.ready()


@coco.fn
async def item(pair: tuple[int, str]) -> None:
    await row(*pair)


@pytest.fixture(autouse=True)
def fresh() -> None:
    target.data.clear()


def app_of(make_app: Callable[..., Any], feed: Any) -> Any:
    @coco.fn
    async def main() -> str:
        await coco.mount_each(item, feed)
        return "result"

    return make_app(main)


def test_running_then_ready_for_each_change_then_the_result(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        handle = app_of(make_app, feed).update(live=True)
        statuses = []
        changes = [("a", 1), ("a", 2), ("a", None), None]
        at_ready: dict[str, int] | None = None
        done = 0
        async for snapshot in handle.watch():
            statuses.append(snapshot.status)
            last = snapshot
            if snapshot.status is READY and snapshot.result is None:
                if at_ready is None:
                    at_ready = dict(target.data)
                numbers = snapshot.stats.total
                if numbers.num_in_progress == 0 and numbers.num_finished > done and changes:
                    done = numbers.num_finished
                    feed.changes.put_nowait(changes.pop(0))
        assert statuses == sorted(statuses, key=[RUNNING, READY].index)
        assert RUNNING in statuses
        assert at_ready == {"first": 1}
        assert (last.status, last.result) == (READY, "result")
        assert last.stats.by_component["item"] == coco.ComponentStats(3, num_adds=2, num_reprocesses=1, num_deletes=1)

    asyncio.run(run())


def test_the_result_comes_when_all_ranges_have_ended(make_app: Any) -> None:
    async def run() -> None:
        feed = Feed()
        handle = app_of(make_app, feed).update(live=True)
        result = asyncio.ensure_future(handle.result())
        async for snapshot in handle.watch():
            if snapshot.status is READY and not result.done():
                feed.changes.put_nowait(("a", 1))
                feed.changes.put_nowait(None)
        assert await result == "result"
        assert target.data == {"first": 1, "a": 1}

    asyncio.run(run())


def test_cancelling_the_result_cancels_the_update(make_app: Any) -> None:
    async def run() -> None:
        app = app_of(make_app, Feed())
        handle = app.update(live=True)
        result = asyncio.ensure_future(handle.result())
        async for snapshot in handle.watch():
            if snapshot.status is READY:
                break
        result.cancel()
        with pytest.raises(asyncio.CancelledError):
            await result
        # The app is free again.
        await app.update()

    asyncio.run(run())


def test_failures_of_changes_are_counted_and_it_goes_on(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        feed = Feed()
        handle = app_of(make_app, feed).update(live=True)
        changes = [("bad", -1), ("good", 1), None]
        async for snapshot in handle.watch():
            if snapshot.status is READY and snapshot.stats.total.num_in_progress == 0 and changes:
                feed.changes.put_nowait(changes.pop(0))
        assert snapshot.stats.total.num_errors == 1
        assert target.data == {"first": 1, "good": 1}

    asyncio.run(run())


@pytest.mark.parametrize("arguments", [{"live": None}, {"live": 1}, {"live": True, "preview": True}])
def test_wrong_arguments(make_app: Any, arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"live= of an update|leave one of them out"):
        app_of(make_app, Feed()).update(**arguments)

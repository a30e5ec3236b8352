"""A drop does not wait for the updates that run or wait: it cancels them in order, and removes what they applied."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

target = RecordingTarget("test/dropped while it runs")


@pytest.fixture(autouse=True)
def fresh() -> None:
    global applied
    applied = asyncio.Event()
    target.data.clear()
    target.take()


applied: asyncio.Event  # set once the row is in the target


@coco.fn
async def row(key: str) -> None:
    target.declare(key, 1)


@coco.fn
async def endless() -> None:
    await coco.use_mount(coco.component_subpath("row"), row, "row")
    applied.set()
    await asyncio.Event().wait()


async def dropped_instead(update: asyncio.Task[Any]) -> None:
    with pytest.raises(coco.errors.UpdateCancelledError, match="'app' is being dropped"):
        await update


def test_an_update_that_hangs(make_app: Any) -> None:
    async def run() -> None:
        app = make_app(endless)
        update = asyncio.ensure_future(app.update().result())
        await applied.wait()
        await app.drop()
        assert target.data == {}
        await dropped_instead(update)

    asyncio.run(run())


def test_updates_and_previews_that_wait_for_their_turn(make_app: Any) -> None:
    async def run() -> None:
        app = make_app(endless)
        first = asyncio.ensure_future(app.update().result())
        await applied.wait()
        waiting = [asyncio.ensure_future(app.update(preview=n == 1).result()) for n in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await app.drop()
        assert target.data == {}
        for update in [first, *waiting]:
            await dropped_instead(update)

    asyncio.run(run())


def test_one_that_comes_after_the_drop_runs_after_it(make_app: Any) -> None:
    finish = False

    @coco.fn
    async def main() -> None:
        await coco.use_mount(coco.component_subpath("row"), row, "row")
        applied.set()
        if not finish:
            await asyncio.Event().wait()

    async def run() -> None:
        nonlocal finish
        app = make_app(main)
        update = asyncio.ensure_future(app.update().result())
        await applied.wait()
        drop = asyncio.ensure_future(app.drop().result())
        await asyncio.sleep(0)
        finish = True
        await app.update()
        assert drop.done() and target.data == {"row": 1}
        await dropped_instead(update)

    asyncio.run(run())


def test_from_another_thread_and_blocking(make_app: Any) -> None:
    started = threading.Event()
    failures: list[BaseException] = []

    @coco.fn
    async def main() -> None:
        started.set()
        await asyncio.Event().wait()

    app = make_app(main)

    def update() -> None:
        try:
            app.update_blocking()
        except coco.errors.UpdateCancelledError as exc:
            failures.append(exc)

    thread = threading.Thread(target=update)
    thread.start()
    assert started.wait(30)
    app.drop_blocking()
    thread.join(30)
    assert len(failures) == 1


def test_a_sink_that_is_at_work_returns_before_the_drop_removes(make_app: Any) -> None:
    log: list[str] = []
    applying, go_on = threading.Event(), threading.Event()

    def slowly(actions: list[Any]) -> None:
        log.append(actions[0].verb)
        if actions[0].verb == "upsert":
            applying.set()
            assert go_on.wait(30)
            log.append("upserted")

    target.on_batch = slowly

    async def run() -> None:
        app = make_app(endless)
        update = asyncio.ensure_future(app.update().result())
        await asyncio.to_thread(applying.wait, 30)
        drop = asyncio.ensure_future(app.drop().result())
        for _ in range(5):
            await asyncio.sleep(0)
        go_on.set()
        await drop
        await dropped_instead(update)

    try:
        asyncio.run(run())
    finally:
        target.on_batch = None
    assert log == ["upsert", "upserted", "delete"]
    assert target.data == {}


def test_a_second_drop_waits_for_the_first(make_app: Any) -> None:
    async def run() -> None:
        app = make_app(endless)
        update = asyncio.ensure_future(app.update().result())
        await applied.wait()
        await asyncio.gather(app.drop().result(), app.drop().result())
        await dropped_instead(update)

    asyncio.run(run())
    assert [action.verb for action in target.actions] == ["upsert", "delete"]


def test_what_the_drop_waits_for_is_told(
    make_app: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, told, go_on = threading.Event(), threading.Event(), threading.Event()
    messages: list[str] = []

    def emit(record: logging.LogRecord) -> None:
        messages.append(record.getMessage())
        told.set()

    monkeypatch.setattr(caplog.handler, "emit", emit)

    @coco.fn
    def main() -> None:
        started.set()
        assert go_on.wait(30)

    async def run() -> None:
        app = make_app(main)
        update = asyncio.ensure_future(app.update().result())
        await asyncio.to_thread(started.wait, 30)
        drop = asyncio.ensure_future(app.drop().result())
        await asyncio.to_thread(told.wait, 30)
        go_on.set()
        await drop
        await dropped_instead(update)

    asyncio.run(run())
    assert len(messages) == 1 and "a drop" in messages[0] and "component /" in messages[0]

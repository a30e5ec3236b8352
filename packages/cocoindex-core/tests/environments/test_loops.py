"""An environment runs on one loop, to which others and threads are bridged; one that does not run is an error."""

from __future__ import annotations

import asyncio
import pathlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import cocoindex as coco


@coco.fn
async def which_loop() -> int:
    return id(asyncio.get_running_loop())


@pytest.fixture
def other_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def app_on(loop: asyncio.AbstractEventLoop | None, folder: pathlib.Path, main: Any = which_loop) -> Any:
    env = coco.Environment(coco.Settings(db_path=folder / "db"), event_loop=loop)
    return coco.App(coco.AppConfig("app", environment=env), main)


async def update(app: Any) -> Any:
    return await app.update()


def test_the_one_that_was_given_is_used_from_everywhere(
    other_loop: asyncio.AbstractEventLoop, tmp_path: pathlib.Path
) -> None:
    app = app_on(other_loop, tmp_path)
    assert app.update_blocking() == asyncio.run(update(app)) == id(other_loop)


def test_the_one_of_the_first_await_is_used(tmp_path: pathlib.Path) -> None:
    app = app_on(None, tmp_path)

    async def main() -> tuple[int, int]:
        return id(asyncio.get_running_loop()), await app.update()

    own, used = asyncio.run(main())
    assert own == used


def test_a_blocking_call_after_an_await_does_not_wait_for_a_loop_that_is_gone(tmp_path: pathlib.Path) -> None:
    app = app_on(None, tmp_path)
    loop = asyncio.new_event_loop()
    first = loop.run_until_complete(update(app))
    second = app.update_blocking()  # the loop is not closed, and does not run
    loop.close()
    assert first != second == app.update_blocking()


def test_one_that_was_given_and_does_not_run_is_an_error(tmp_path: pathlib.Path) -> None:
    loop = asyncio.new_event_loop()
    try:
        with pytest.raises(RuntimeError, match="does not run"):
            app_on(loop, tmp_path).update_blocking()
    finally:
        loop.close()


def test_the_default_environment_is_not_started_twice_beside_itself(default_env: None) -> None:
    app = coco.App("two loops", which_loop)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(update(app))
    with pytest.raises(RuntimeError, match=r"does not run.*await coco\.stop\(\)"):
        app.update_blocking()
    loop.run_until_complete(coco.stop())
    app.update_blocking()
    loop.close()


def test_cancelling_from_another_loop_waits_until_the_update_has_left(
    other_loop: asyncio.AbstractEventLoop, tmp_path: pathlib.Path
) -> None:
    log: list[str] = []
    started, go_on = threading.Event(), threading.Event()

    @coco.fn
    async def main() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread(go_on.wait, 30)
            log.append("left")

    async def run() -> None:
        task = asyncio.ensure_future(update(app_on(other_loop, tmp_path, main)))
        await asyncio.to_thread(started.wait, 30)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        go_on.set()
        await asyncio.wait([task])
        log.append("cancelled" if task.cancelled() else "not cancelled")

    asyncio.run(run())
    assert log == ["left", "cancelled"]


def test_an_update_whose_loop_ends_under_it_says_so(tmp_path: pathlib.Path) -> None:
    started, go_on = threading.Event(), threading.Event()

    @coco.fn
    async def main() -> None:
        started.set()
        await asyncio.Event().wait()

    env = coco.Environment(coco.Settings(db_path=tmp_path / "db"))
    bound = threading.Event()

    async def live() -> None:
        await coco.App(coco.AppConfig("bind", environment=env), which_loop).update()
        bound.set()
        await asyncio.to_thread(go_on.wait, 30)

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    assert bound.wait(30)
    failures: list[str] = []

    def blocking() -> None:
        try:
            coco.App(coco.AppConfig("waits", environment=env), main).update_blocking()
        except coco.errors.UpdateCancelledError as exc:
            failures.append(str(exc))

    waiter = threading.Thread(target=blocking)
    waiter.start()
    assert started.wait(30)
    go_on.set()
    thread.join()
    waiter.join()
    env.close()
    assert len(failures) == 1 and "what was committed stays" in failures[0]

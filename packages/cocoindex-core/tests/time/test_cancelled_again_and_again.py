"""An update has left when nothing of it acts any more, however often it is cancelled: until then the app is locked."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


class Acting:
    """What takes its time: a test says when it may return, and sees that it has."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.log: list[str] = []

    def act(self) -> None:
        self.begun.set()
        assert self.go_on.wait(30)
        self.log.append("acted")


@pytest.fixture
def acting() -> Acting:
    return Acting()


def sink(acting: Acting) -> Any:
    target = RecordingTarget()
    target.on_batch = lambda _: acting.act()

    @coco.fn
    async def main() -> None:
        target.declare("k", 1)

    return main


def async_sink(acting: Acting) -> Any:
    async def apply(context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        await asyncio.to_thread(acting.act)

    class Handler:
        sink = coco.TargetActionSink[Any].from_async_fn(apply)

        def reconcile(self, key: Any, desired: Any, records: Any, missing: bool, /) -> Any:
            return coco.TargetReconcileOutput(key, self.sink, 1)

    handler: Any = Handler()
    provider: Any = coco.register_root_target_states_provider("test/cancelled/async sink", handler)

    @coco.fn
    async def main() -> None:
        coco.declare_target_state(provider.target_state("k", 1))

    return main


def sync_component(acting: Acting) -> Any:
    @coco.fn
    def child() -> None:
        acting.act()

    @coco.fn
    async def main() -> None:
        await coco.mount(child)

    return main


def sync_main(acting: Acting) -> Any:
    @coco.fn
    def main() -> None:
        acting.act()

    return main


def function_in_a_thread(acting: Acting) -> Any:
    @coco.fn.as_async
    def act() -> None:
        acting.act()

    @coco.fn
    async def main() -> None:
        await act()

    return main


def function_on_a_gpu(acting: Acting) -> Any:
    @coco.fn.as_async(runner=coco.GPU)
    def act() -> None:
        acting.act()

    @coco.fn
    async def main() -> None:
        await act()

    return main


KINDS = [sink, async_sink, sync_component, sync_main, function_in_a_thread, function_on_a_gpu]


@asynccontextmanager
async def other_loop() -> AsyncIterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    await asyncio.to_thread(thread.join)
    loop.close()


async def cancelled_often(task: asyncio.Task[Any], times: int) -> None:
    for _ in range(times):
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("elsewhere", [False, True], ids=["on this loop", "on another loop"])
def test_it_leaves_after_what_acts_and_gives_back_the_lock_then(
    kind: Callable[[Acting], Any], elsewhere: bool, acting: Acting, tmp_path: Any
) -> None:
    async def run(loop: asyncio.AbstractEventLoop | None) -> None:
        env = coco.Environment(coco.Settings(db_path=tmp_path / "db"), event_loop=loop)
        app = coco.App(coco.AppConfig("app", environment=env), kind(acting))
        task = asyncio.ensure_future(app.update().result())
        await asyncio.to_thread(acting.begun.wait, 30)
        await cancelled_often(task, 4)
        assert not task.done()
        next_one = asyncio.ensure_future(app.update().result())
        await asyncio.sleep(0)
        await cancelled_often(next_one, 2)  # it waits for its turn, and may leave at once
        acting.log.append("waiting")
        acting.go_on.set()
        await asyncio.wait([task, next_one])
        acting.log.append("left")
        assert task.cancelled()
        await app.update()
        env.close()

    async def main() -> None:
        if not elsewhere:
            await run(None)
        else:
            async with other_loop() as loop:
                await run(loop)

    asyncio.run(main())
    assert acting.log[:3] == ["waiting", "acted", "left"]


def test_a_drop_that_is_cancelled_leaves_after_what_it_removes(acting: Acting, make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def main() -> None:
        target.declare("k", 1)

    async def run() -> None:
        app = make_app(main)
        await app.update()
        target.on_batch = lambda _: acting.act()
        task = asyncio.ensure_future(app.drop().result())
        await asyncio.to_thread(acting.begun.wait, 30)
        await cancelled_often(task, 3)
        assert not task.done()
        acting.go_on.set()
        await asyncio.wait([task])
        acting.log.append("left")
        await app.drop()

    asyncio.run(run())
    assert acting.log[:2] == ["acted", "left"]
    assert target.data == {}


def test_a_loop_that_ends_under_an_update_waits_for_what_acts(acting: Acting, make_app: Any) -> None:
    app = make_app(sink(acting))
    left_alone: list[object] = []

    async def run() -> None:
        left_alone.append(asyncio.ensure_future(app.update().result()))
        await asyncio.to_thread(acting.begun.wait, 30)
        asyncio.get_running_loop().call_later(0.05, acting.go_on.set)

    asyncio.run(run())
    acting.log.append("ended")
    assert acting.log == ["acted", "ended"]
    app.update_blocking()


def test_a_thread_that_a_component_left_behind_belongs_to_the_update(
    acting: Acting, make_app: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    @coco.fn.as_async
    def act() -> None:
        acting.act()

    @coco.fn
    async def main() -> None:
        task = asyncio.ensure_future(act())
        await asyncio.to_thread(acting.begun.wait, 30)
        task.cancel()
        await asyncio.wait([task])

    told = threading.Event()
    messages: list[str] = []

    def emit(record: logging.LogRecord) -> None:
        messages.append(record.getMessage())
        told.set()

    monkeypatch.setattr(caplog.handler, "emit", emit)

    async def run() -> None:
        task = asyncio.ensure_future(make_app(main).update().result())
        await asyncio.to_thread(acting.begun.wait, 30)
        await asyncio.to_thread(told.wait, 30)
        assert not task.done()
        acting.go_on.set()
        await task
        acting.log.append("left")

    asyncio.run(run())
    assert acting.log == ["acted", "left"]
    assert len(messages) == 1 and "the function" in messages[0] and ".act" in messages[0]


@pytest.mark.parametrize("operation", ["update", "drop"])
def test_one_that_is_cancelled_before_it_began_does_nothing(make_app: Any, operation: str) -> None:
    ran: list[str] = []

    @coco.fn
    async def main() -> None:
        ran.append("main")

    async def run() -> None:
        app = make_app(main)
        task = asyncio.ensure_future((app.update() if operation == "update" else app.drop()).result())
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(app.update().result(), 0)
        del task
        gc.collect()
        assert ran == []
        await app.update()

    asyncio.run(run())
    assert ran == ["main"]

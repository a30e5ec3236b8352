"""User code that cancels the task it runs in fails its own component, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import TargetStateError, UpdateCancelledError
from cocoindex.testing import RecordingTarget


def cancel_this_task() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


class Held:
    """A target whose async sink, or `reconcile`, cancels the task it runs in as long as `cancels` says so."""

    def __init__(self, cancels: str = "sink") -> None:
        self.cancels = cancels
        self.data: dict[Any, Any] = {}
        self.sink = coco.TargetActionSink.from_async_fn(self.apply)
        self.provider: Any = coco.register_root_target_states_provider("test/cancelling_sink", self)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        if self.cancels == "reconcile":
            cancel_this_task()
        if prev == [desired] and not missing:
            return None
        return coco.TargetReconcileOutput((key, desired), self.sink, desired)

    async def apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        if self.cancels == "sink":
            cancel_this_task()
            await asyncio.sleep(0)
        self.data.update(actions)


def failures_of(errors: dict[str, BaseException]) -> Any:
    async def note(error: BaseException, context: coco.ExceptionContext) -> None:
        errors[context.stable_path] = error

    return coco.exception_handler(note)


def test_a_sink(make_app: Any) -> None:
    held, other, errors = Held(), RecordingTarget(), dict[str, BaseException]()

    @coco.fn
    async def in_held() -> None:
        coco.declare_target_state(held.provider.target_state("a", 1))

    @coco.fn
    async def in_other() -> None:
        other.declare("b", 1)

    @coco.fn
    async def main() -> None:
        async with failures_of(errors):
            await coco.mount(in_held)
            await coco.mount(in_other)

    app = make_app(main)
    app.update_blocking()
    assert [type(error) for error in errors.values()] == [TargetStateError]
    assert other.data == {"b": 1}
    held.cancels = ""
    app.update_blocking()
    assert held.data == {"a": 1}


def test_a_handler_ends_the_update_with_an_error(make_app: Any) -> None:
    """It runs in the task that commits for all, of which nobody can tell what it has left undone."""
    held = Held("reconcile")

    @coco.fn
    async def row(number: int) -> None:
        coco.declare_target_state(held.provider.target_state(number, 1))

    @coco.fn
    async def main() -> None:
        await coco.mount_each(row, [(number, number) for number in range(10)])

    app = make_app(main)
    with pytest.raises(UpdateCancelledError, match="reconcile"):
        app.update_blocking()
    held.cancels = ""
    app.update_blocking()
    assert held.data == dict.fromkeys(range(10), 1)


@pytest.mark.parametrize("raises", [False, True])
def test_an_exception_handler(make_app: Any, raises: bool) -> None:
    target = RecordingTarget()

    async def handler(error: BaseException, context: coco.ExceptionContext) -> None:
        cancel_this_task()
        if raises:
            raise ValueError("and raises")
        await asyncio.sleep(0)

    @coco.fn
    async def bad() -> None:
        raise ValueError("bad")

    @coco.fn
    async def good() -> None:
        target.declare("good", 1)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(handler):
            await coco.mount(bad)
            await coco.mount(good)

    make_app(main).update_blocking()
    assert target.data == {"good": 1}


def test_a_body_that_is_cancelled_while_its_children_run(make_app: Any) -> None:
    target, begun, go_on = RecordingTarget(), asyncio.Event(), asyncio.Event()

    @coco.fn
    async def child() -> None:
        begun.set()
        await go_on.wait()
        target.declare("child", 1)

    @coco.fn
    async def parent() -> None:
        task = asyncio.current_task()
        assert task is not None

        async def cancel_again_and_again() -> None:
            await begun.wait()
            for _ in range(3):
                task.cancel()
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            go_on.set()

        helpers.append(asyncio.ensure_future(cancel_again_and_again()))
        await coco.mount(child)

    helpers: list[asyncio.Task[None]] = []
    errors: dict[str, BaseException] = {}

    @coco.fn
    async def main() -> None:
        await coco.mount(parent)

    make_app(main).update_blocking()
    assert target.data == {"child": 1}
    assert errors == {}


def test_ctrl_c_that_a_function_raises_in_a_thread_fails_its_component_only(make_app: Any) -> None:
    target, threads = RecordingTarget(), set[bool]()

    def raise_it() -> None:
        threads.add(threading.current_thread() is threading.main_thread())
        raise KeyboardInterrupt("of a thread")

    @coco.fn
    async def good() -> None:
        target.declare("good", 1)

    @coco.fn
    def sync() -> None:
        raise_it()

    @coco.fn.as_async
    def called() -> None:
        raise_it()

    @coco.fn
    async def calling() -> None:
        await called()

    @coco.fn
    async def using() -> None:
        await coco.use_mount(sync)

    @coco.fn
    async def in_sink() -> None:
        target.declare("bad", 1)

    def refuse(actions: Sequence[Any]) -> None:
        if any(action.key == "bad" for action in actions):
            raise_it()

    target.on_batch = refuse
    errors: dict[str, BaseException] = {}

    @coco.fn
    async def main() -> None:
        async with failures_of(errors):
            for component in (sync, calling, using, in_sink, good):
                await coco.mount(component)

    async def update() -> None:
        await make_app(main).update()

    asyncio.run(update())
    assert target.data == {"good": 1}
    assert len(errors) == 4
    assert {type(error) for error in errors.values()} == {KeyboardInterrupt}
    assert threads == {False}

"""What would end a process or a task fails the component that raises it; a cancellation is told to no handler."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

told: list[str] = []


def handler(exc: BaseException, context: coco.ExceptionContext) -> None:
    told.append(type(exc).__name__)


@pytest.fixture(autouse=True)
def forget() -> None:
    told.clear()


@coco.fn
async def exits(*_: Any) -> None:
    sys.exit(3)


@coco.fn
def exits_in_thread(*_: Any) -> None:
    sys.exit(3)


@coco.fn
async def cancels(*_: Any) -> None:
    raise asyncio.CancelledError("mine")


@coco.fn
async def cancels_its_task(*_: Any) -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


def beside(make_app: Any, child: Any) -> dict[Any, Any]:
    target = RecordingTarget()

    @coco.fn
    async def sibling(n: int) -> None:
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(handler):
            handles = [await coco.mount(child)]
            handles += [await coco.mount(coco.component_subpath(n), sibling, n) for n in range(3)]
        for handle in handles:
            await handle.ready()

    make_app(main).update_blocking()
    return target.data


@pytest.mark.parametrize("child", [exits, exits_in_thread])
def test_an_exit_fails_its_component_alone(make_app: Any, child: Any) -> None:
    assert beside(make_app, child) == {0: 0, 1: 1, 2: 2}
    assert told == ["SystemExit"]


@pytest.mark.parametrize("child", [cancels, cancels_its_task])
def test_a_cancellation_fails_its_component_alone_and_is_logged(
    make_app: Any, child: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert beside(make_app, child) == {0: 0, 1: 1, 2: 2}
    assert told == []
    assert ["CancelledError" in record.getMessage() for record in caplog.records] == [True]


def test_an_exit_comes_out_of_a_blocking_update_and_the_next_update_works(make_app: Any) -> None:
    with pytest.raises(SystemExit) as caught:
        make_app(exits, name="exits").update_blocking()
    assert caught.value.code == 3

    @coco.fn
    async def fine() -> str:
        return "fine"

    assert make_app(fine, name="fine").update_blocking() == "fine"


def test_an_update_that_nobody_cancelled_does_not_look_cancelled(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        await coco.use_mount(cancels)

    async def run() -> str:
        try:
            await make_app(main).update()
        except coco.errors.UpdateCancelledError as exc:
            return f"{exc.__cause__!r}"
        return "no error"

    assert asyncio.run(run()) == "CancelledError('mine')"


def test_a_handler_that_exits_is_one_that_raises(make_app: Any) -> None:
    def exiting(exc: BaseException, context: coco.ExceptionContext) -> None:
        sys.exit(4)

    @coco.fn
    async def boom() -> None:
        raise KeyError

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(handler), coco.exception_handler(exiting):
            await coco.mount(boom)

    make_app(main).update_blocking()
    assert told == ["SystemExit"]


@pytest.mark.parametrize("is_async", [False, True])
def test_a_sink_that_exits_fails_what_it_was_to_write(make_app: Any, is_async: bool) -> None:
    def apply(context: coco.ContextProvider, actions: Any) -> None:
        sys.exit(5)

    async def apply_async(context: coco.ContextProvider, actions: Any) -> None:
        sys.exit(5)

    sink: coco.TargetActionSink[Any] = (
        coco.TargetActionSink.from_async_fn(apply_async) if is_async else coco.TargetActionSink.from_fn(apply)
    )

    class Handler:
        def reconcile(self, key: Any, desired: Any, previous: Any, may_be_missing: bool, /) -> Any:
            return coco.TargetReconcileOutput((key, desired), sink, desired)

    provider = coco.register_root_target_states_provider(f"test/exits/{is_async}", Handler())

    @coco.fn
    async def child() -> None:
        coco.declare_target_state(provider.target_state("row", 1))

    assert beside(make_app, child) == {0: 0, 1: 1, 2: 2}
    assert told == ["SystemExit"]

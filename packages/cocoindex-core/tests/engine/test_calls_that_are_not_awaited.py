"""A mount that is not awaited fails its component, so that nothing is removed; an update that is not, is warned of."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import MountError
from cocoindex.testing import RecordingContainers, RecordingTarget

# Of the coroutine, Python itself warns.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine '.*' was never awaited:RuntimeWarning")

target = RecordingTarget("not_awaited/rows")
containers = RecordingContainers("not_awaited/tables")


@coco.fn
async def child(value: int = 1) -> None:
    target.declare("row", value)


CALLS: dict[str, Callable[[], Any]] = {
    "coco.mount()": lambda: coco.mount(child),
    "coco.use_mount()": lambda: coco.use_mount(child),
    "coco.mount_each()": lambda: coco.mount_each(child, [("a", 1)]),
    "coco.mount_target()": lambda: coco.mount_target(containers.table("t")),
    "coco.map()": lambda: coco.map(child, [1]),
}


@pytest.mark.parametrize("what", CALLS)
def test_in_an_async_function(make_app: Any, what: str) -> None:
    async def main() -> None:
        CALLS[what]()

    said = rf"main in component / called {what[:-2]}\(\) and did not await it, .*`await {what[:-2]}\(\.\.\.\)`"
    with pytest.raises(MountError, match=said):
        make_app(main).update_blocking()


@pytest.mark.parametrize("what", CALLS)
def test_in_a_sync_function(make_app: Any, what: str) -> None:
    def main() -> None:
        CALLS[what]()

    with pytest.raises(MountError, match=r"did not await it, .* in an async function"):
        make_app(main).update_blocking()


def test_in_a_function_that_the_component_calls(make_app: Any) -> None:
    @coco.fn
    async def helper() -> None:
        CALLS["coco.mount()"]()
        CALLS["coco.mount_each()"]()

    async def main() -> None:
        await helper()

    with pytest.raises(MountError, match=r"called coco\.mount\(\) and did not await it, nor 1 calls more"):
        make_app(main).update_blocking()


def test_what_was_mounted_before_stays(make_app: Any) -> None:
    forgetting = False

    async def main() -> None:
        if forgetting:
            CALLS["coco.mount()"]()
        else:
            await coco.mount(child)

    target.data.clear()
    app = make_app(main)
    app.update_blocking()
    forgetting = True
    with pytest.raises(MountError):
        app.update_blocking()
    assert target.data == {"row": 1}


@pytest.mark.parametrize(
    "run",
    [
        lambda calls: asyncio.gather(*(call() for call in calls)),
        lambda calls: asyncio.wait([asyncio.ensure_future(call()) for call in calls]),
        lambda calls: asyncio.wait_for(asyncio.gather(*(call() for call in calls)), 60),
    ],
)
def test_calls_in_tasks_are_awaited(make_app: Any, run: Any) -> None:
    @coco.fn
    async def one(value: int) -> None:
        target.declare(value, value)

    async def main() -> None:
        calls = [lambda n=n: coco.mount(coco.component_subpath(n), one, n) for n in range(3)]
        await run(calls)

    target.data.clear()
    make_app(main).update_blocking()
    assert target.data == {0: 0, 1: 1, 2: 2}


def test_where_it_fails_anyway_the_failure_is_told(make_app: Any) -> None:
    async def main() -> None:
        CALLS["coco.mount()"]()
        raise OSError("on its own")

    with pytest.raises(OSError, match="on its own"):
        make_app(main).update_blocking()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="only code itself could say so before")
@pytest.mark.parametrize("function", [coco.mount, coco.use_mount, coco.mount_each, coco.mount_target, coco.map])
def test_they_are_coroutine_functions(function: Any) -> None:
    assert inspect.iscoroutinefunction(function)


@pytest.mark.parametrize(("name", "blocking"), [("update", "update_blocking"), ("drop", "drop_blocking")])
def test_an_update_or_a_drop(make_app: Any, name: str, blocking: str) -> None:
    app = make_app(child)
    with pytest.warns(RuntimeWarning, match=rf"{name}\(\) of the app 'app' was never awaited, .*call {blocking}\(\)"):
        getattr(app, name)()
        gc.collect()


def test_one_that_is_awaited_or_followed_is_not_warned_of(make_app: Any) -> None:
    app = make_app(child)

    async def main() -> None:
        await app.update()
        async for _ in app.update().watch():
            pass
        await coco.show_progress(app.drop())

    asyncio.run(main())
    gc.collect()

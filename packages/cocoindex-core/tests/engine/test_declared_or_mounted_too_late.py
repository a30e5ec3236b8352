"""What is declared or mounted after the component's function has returned is an error, and has no effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import MountError, StateClosedError, TargetStateError
from cocoindex.testing import RecordingTarget

target = RecordingTarget()


@coco.fn
async def child(value: int = 1) -> None:
    target.declare("late", value)


@coco.fn(memo=True)
async def call() -> None:
    target.declare("late", 1)


async def declare() -> None:
    target.declare("late", 1)


async def mount() -> None:
    await coco.mount(coco.component_subpath("late"), child)


async def use_mount() -> None:
    await coco.use_mount(coco.component_subpath("late"), child)


async def mount_each() -> None:
    await coco.mount_each(coco.component_subpath("late"), child, [("one", 1)])


async def use_state() -> None:
    coco.use_state("late", 1)


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize(
    ("act", "error"),
    [
        (declare, TargetStateError),
        (call, TargetStateError),
        (mount, MountError),
        (use_mount, MountError),
        (mount_each, MountError),
        (use_state, StateClosedError),
    ],
)
def test_it_is_an_error(make_app: Any, act: Callable[[], Awaitable[None]], error: type[Exception], memo: bool) -> None:
    tasks: list[asyncio.Task[None]] = []
    target.data.clear()

    @coco.fn(memo=memo)
    async def component(returned: asyncio.Event) -> None:
        async def late() -> None:
            await returned.wait()
            await act()

        tasks.append(asyncio.ensure_future(late()))
        target.declare("early", 1)

    @coco.fn
    async def main() -> None:
        returned = asyncio.Event()
        await (await coco.mount(component, returned)).ready()
        returned.set()
        [failed] = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(failed, error)
        assert "/@component" in str(failed) and "had returned" in str(failed)
        tasks.clear()

    if memo:
        coco.register_memo_key_function(asyncio.Event, lambda event: "an event")
    app = make_app(main)
    app.update_blocking()
    assert target.data == {"early": 1}


def test_after_the_update(make_app: Any) -> None:
    """Nothing is written to the target, or to the store, which another update may have by then."""
    target.data.clear()
    go_on: list[asyncio.Event] = []
    tasks: list[asyncio.Task[None]] = []

    @coco.fn
    async def main() -> None:
        event = asyncio.Event()

        async def late() -> None:
            await event.wait()
            await mount()

        go_on.append(event)
        tasks.append(asyncio.ensure_future(late()))

    async def update_then_mount() -> None:
        app = make_app(main)
        await app.update()
        go_on[0].set()
        [failed] = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(failed, MountError)

    asyncio.run(update_then_mount())
    assert target.data == {}

"""`@coco.fn.as_async` and `.as_async()`: an async interface to a sync body, which then does not block the loop."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from typing import Any

import cocoindex as coco

_request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="none")


def where(x: int) -> tuple[int, str, str]:
    return x, threading.current_thread().name, _request.get()


marked = coco.fn(where)
as_async = coco.fn.as_async(where)


@coco.fn.as_async
async def already(x: int) -> int:
    return x


def test_external_usage_is_always_async_even_though_the_body_is_sync() -> None:
    assert inspect.iscoroutinefunction(as_async)
    number, thread, _ = asyncio.run(as_async(1))
    assert number == 1 and thread != threading.current_thread().name


def test_any_marked_function_has_an_async_call_without_changing_its_primary_signature() -> None:
    assert marked(1)[1] == threading.current_thread().name
    assert asyncio.run(marked.as_async(1))[1] != threading.current_thread().name


def test_an_async_body_stays_as_it_is() -> None:
    assert asyncio.run(already(1)) == asyncio.run(already.as_async(1)) == 1


def test_the_loop_goes_on_while_the_body_blocks() -> None:
    go_on = threading.Event()

    @coco.fn.as_async
    def blocking() -> bool:
        return go_on.wait(60)

    async def main() -> bool:
        waiting = asyncio.ensure_future(blocking())
        await asyncio.sleep(0)
        go_on.set()  # only a loop that is not blocked comes by here
        return await waiting

    assert asyncio.run(main())


def test_context_variables_reach_the_thread() -> None:
    async def main() -> str:
        _request.set("mine")
        return (await as_async(1))[2]

    assert asyncio.run(main()) == "mine"


def test_it_can_be_mounted(make_app: Any) -> None:
    ran: list[str] = []

    @coco.fn
    def sync(name: str) -> None:
        ran.append(name)

    class Has:
        @coco.fn
        async def method(self, name: str) -> None:
            ran.append(name)

    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("sync"), sync.as_async, "sync")
        await coco.mount(coco.component_subpath("method"), Has().method.as_async, "method")

    make_app(main).update_blocking()
    assert sorted(ran) == ["method", "sync"]

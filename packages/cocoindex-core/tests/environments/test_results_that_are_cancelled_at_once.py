"""Whoever awaits the result of an update may be cancelled at any time, and cancels the update, also before it waits."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco


class Program:
    """An app whose main function waits until it is cancelled.

    Attributes:
        runs: how often it was called.
        left: how often it was cancelled.
    """

    def __init__(self, make_app: Any) -> None:
        self.runs = self.left = 0
        self.runs_now = asyncio.Event()
        self.go_on = asyncio.Event()
        self.app = make_app(self.main)

    async def main(self) -> str:
        self.runs += 1
        self.runs_now.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.left += 1
            raise
        return "result"


async def begun(program: Program) -> coco.UpdateHandle[str]:
    """A handle whose update was started by somebody who watches it, and is left to go on."""
    handle: coco.UpdateHandle[str] = program.app.update()
    watching = asyncio.ensure_future(anext(aiter(handle.watch())))
    await program.runs_now.wait()
    watching.cancel()
    await asyncio.wait([watching])
    return handle


@pytest.mark.parametrize("begin", [asyncio.create_task, asyncio.ensure_future], ids=["task", "future"])
def test_before_the_first_turn(make_app: Any, begin: Callable[[Any], asyncio.Task[str]]) -> None:
    async def run() -> None:
        program = Program(make_app)
        handle = await begun(program)
        waiting = begin(handle.result())
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (program.runs, program.left) == (1, 1), "it has left when this has"

    asyncio.run(run())


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 10])
def test_after_some_turns(make_app: Any, turns: int) -> None:
    async def run() -> None:
        program = Program(make_app)
        waiting = asyncio.create_task((await begun(program)).result())
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled() and program.left == 1

    asyncio.run(run())


def test_before_the_update_was_started(make_app: Any) -> None:
    async def run() -> None:
        program = Program(make_app)
        waiting = asyncio.create_task(program.app.update().result())
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled() and program.runs == 0, "nothing was started"

    asyncio.run(run())


def test_a_drop(make_app: Any) -> None:
    """It may be done by then, or is cancelled; it does not go on behind the back of whoever has cancelled it."""

    async def run() -> None:
        handle = make_app(lambda: None).drop()
        watching = asyncio.ensure_future(anext(aiter(handle.watch())))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(handle.result())
        waiting.cancel()
        await asyncio.wait([waiting, watching])
        assert handle._task is not None and handle._task.done()

    asyncio.run(run())


def test_one_that_is_done_gives_its_result(make_app: Any) -> None:
    async def run() -> None:
        program = Program(make_app)
        program.go_on.set()
        handle: coco.UpdateHandle[str] = program.app.update()
        assert await handle.result() == "result"
        assert await asyncio.wait_for(handle.result(), 10) == "result"
        assert set(await asyncio.gather(handle.result(), handle.result())) == {"result"}
        assert await handle == "result"

    asyncio.run(run())


def test_it_is_a_coroutine_for_whoever_takes_one(make_app: Any) -> None:
    async def run() -> None:
        program = Program(make_app)
        result: Any = program.app.update().result()
        assert asyncio.iscoroutine(result) and inspect.isawaitable(result)
        assert getattr(result, "__name__", "") == "_result"
        assert "_result" in repr(task := asyncio.ensure_future(result))
        program.go_on.set()
        assert await task == "result"

    asyncio.run(run())
    program = Program(make_app)
    program.go_on.set()
    assert asyncio.run(program.app.update().result()) == "result"

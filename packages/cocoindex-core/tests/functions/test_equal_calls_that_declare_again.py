"""A memoized call that is made again after an equal one has failed, or runs beside one, may declare the same again."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import TargetStateError
from cocoindex.testing import RecordingTarget


class Program:
    """A memoized function that declares a row, in an app whose main function is given.

    Attributes:
        failing: so many runs fail.
        holds: whether the first run never ends.
    """

    def __init__(self, make_app: Any, calls: Callable[[Program], Awaitable[Any]]) -> None:
        self.target = target = RecordingTarget()
        self.runs = self.failing = 0
        self.begun, self.open = threading.Event(), threading.Event()
        self.holds = False
        self.held = asyncio.Event()

        def run() -> int:
            self.runs += 1
            target.declare("row", self.runs)
            self.begun.set()
            return self.runs

        @coco.fn(memo=True)
        async def work() -> int:
            number = run()
            if self.holds and number == 1:
                self.held.set()
                await asyncio.Event().wait()
            if number <= self.failing:
                raise ValueError("told to fail")
            return number

        @coco.fn(memo=True)
        async def around() -> int:
            return await work()

        @coco.fn(memo=True)
        def blocking() -> int:
            number = run()
            self.open.wait()
            return number

        self.work, self.around, self.blocking = work, around, blocking

        @coco.fn
        async def main() -> Any:
            return await calls(self)

        self.app = make_app(main)

    def check(self, result: Any) -> None:
        assert self.app.update_blocking() == result
        assert self.target.data == {"row": self.runs}
        self.target.take()
        runs = self.runs
        self.app.update_blocking()
        assert self.runs == runs and self.target.take() == []


async def after_a_cancelled_one(program: Program) -> Any:
    first = asyncio.ensure_future(program.work())
    second = asyncio.ensure_future(program.work())
    await program.held.wait()
    first.cancel()
    return await second


def test_after_a_cancelled_one(make_app: Any) -> None:
    program = Program(make_app, after_a_cancelled_one)
    program.holds = True
    program.check(2)


def test_after_a_cancelled_one_whose_thread_goes_on(make_app: Any) -> None:
    target = RecordingTarget()
    begun, cancelled, declared = asyncio.Event(), threading.Event(), threading.Event()
    runs: list[str] = []

    @coco.fn.as_async(memo=True)
    def work() -> int:
        runs.append("")
        number = len(runs)
        if number == 1:
            loops[0].call_soon_threadsafe(begun.set)
            cancelled.wait()
        else:
            declared.wait()
        target.declare("row", number)
        declared.set()
        return number

    loops: list[asyncio.AbstractEventLoop] = []

    @coco.fn
    async def main() -> int:
        if runs:
            return await work()
        loops.append(asyncio.get_running_loop())
        first = asyncio.ensure_future(work())
        second = asyncio.ensure_future(work())
        await begun.wait()
        first.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await first
        cancelled.set()
        return await second

    app = make_app(main)
    assert app.update_blocking() == 2
    assert target.data == {"row": 2}
    assert app.update_blocking() == 2
    assert len(runs) == 2 and target.data == {"row": 2}


@pytest.mark.parametrize("nested", [False, True])
def test_after_a_failed_one(make_app: Any, nested: bool) -> None:
    async def calls(program: Program) -> Any:
        for _ in range(2):
            with contextlib.suppress(ValueError):
                await (program.around if nested else program.work)()
        return await program.work()

    program = Program(make_app, calls)
    program.failing = 2
    program.check(3)


def test_beside_one_that_blocks_a_thread(make_app: Any) -> None:
    async def calls(program: Program) -> Any:
        if program.runs:
            return program.blocking()
        first = asyncio.ensure_future(asyncio.to_thread(program.blocking))
        await asyncio.to_thread(program.begun.wait)
        program.open.set()
        return program.blocking(), await first

    program = Program(make_app, calls)
    result = program.app.update_blocking()
    assert sorted(result) in ([1, 1], [1, 2])
    assert program.target.data == {"row": program.runs}


@pytest.mark.parametrize("before", ["failed", "returned"])
def test_one_call_may_not_declare_twice(make_app: Any, before: str) -> None:
    target = RecordingTarget()
    runs: list[str] = []

    @coco.fn(memo=True)
    async def work() -> None:
        runs.append("")
        target.declare("row", 1)
        if len(runs) == 1 and before == "failed":
            raise ValueError
        target.declare("row", 2)

    @coco.fn
    async def main() -> None:
        with contextlib.suppress(ValueError):
            await work()
        await work()

    with pytest.raises(TargetStateError, match="declared twice"):
        make_app(main).update_blocking()

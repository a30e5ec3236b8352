"""Of two equal calls of a memoized function in one component, the second waits for the first and shares its outcome."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors
from cocoindex.testing import RecordingTarget


class Gate:
    """A body that says that it has begun, and waits until it may go on."""

    def __init__(self) -> None:
        self.runs = 0
        self.begun, self.open = asyncio.Event(), asyncio.Event()

    async def pass_through(self) -> int:
        self.runs += 1
        run = self.runs
        self.begun.set()
        await self.open.wait()
        return run


async def settled() -> None:
    """Let all tasks go as far as they get."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_they_are_one_run_which_may_declare(make_app: Any) -> None:
    target = RecordingTarget()
    runs: list[str] = []

    @coco.fn(memo=True)
    async def work(x: str) -> list[str]:
        runs.append(x)
        await asyncio.sleep(0)
        target.declare(x, len(x))
        return [x]

    async def main() -> Any:
        return await asyncio.gather(work("a"), work("b"), work("a"), coco.map(work, ["b", "b"]))

    app = make_app(main)
    assert app.update_blocking() == [["a"], ["b"], ["a"], [["b"], ["b"]]]
    assert app.update_blocking() == [["a"], ["b"], ["a"], [["b"], ["b"]]]
    assert runs == ["a", "b"] and target.data == {"a": 1, "b": 1}


def test_memo_states_are_asked_for_each_of_them_and_the_body_runs_once(make_app: Any) -> None:
    asked: list[Any] = []
    runs: list[int] = []

    class Thing:
        def __coco_memo_key__(self) -> str:
            return "thing"

        async def __coco_memo_state__(self, prev: int | coco.NonExistenceType) -> coco.MemoStateOutcome:
            asked.append(prev)
            await asyncio.sleep(0)
            return coco.MemoStateOutcome(1, memo_valid=prev == 1)

    @coco.fn(memo=True)
    async def work(thing: Thing) -> None:
        await asyncio.sleep(0)
        runs.append(1)

    async def main() -> None:
        await asyncio.gather(work(Thing()), work(Thing()))

    make_app(main).update_blocking()
    assert runs == [1] and asked == [coco.NON_EXISTENCE, 1]


def test_other_components_have_runs_of_their_own(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    async def work(barrier: int) -> None:
        runs.append(1)
        await both.wait()

    async def child() -> None:
        await work(1)

    async def main() -> None:
        await asyncio.gather(*(coco.use_mount(coco.component_subpath(i), child) for i in range(2)))

    both = asyncio.Barrier(2)
    make_app(main).update_blocking()
    assert runs == [1, 1]


def test_a_failure_is_that_of_all_who_waited(make_app: Any) -> None:
    async def main() -> Any:
        gate = Gate()

        @coco.fn(memo=True)
        async def work() -> None:
            run = await gate.pass_through()
            raise KeyError(f"run {run}")

        calls = [asyncio.ensure_future(work()) for _ in range(3)]
        await settled()
        gate.open.set()
        first = await asyncio.gather(*calls, return_exceptions=True)
        return [*first, *await asyncio.gather(work(), return_exceptions=True)]

    assert list(map(str, make_app(main).update_blocking())) == ["'run 1'"] * 3 + ["'run 2'"]


@pytest.mark.parametrize("which", [0, 1])
def test_a_caller_that_is_cancelled_takes_no_other_along(make_app: Any, which: int) -> None:
    async def main() -> Any:
        gate = Gate()

        @coco.fn(memo=True)
        async def work() -> int:
            return await gate.pass_through()

        calls = [asyncio.ensure_future(work()) for _ in range(3)]
        await settled()
        calls[which].cancel()
        await settled()
        gate.open.set()
        results = await asyncio.gather(*calls, return_exceptions=True)
        return [type(result) if isinstance(result, BaseException) else result for result in results]

    expected: list[Any] = [2 - which] * 3
    expected[which] = asyncio.CancelledError
    assert make_app(main).update_blocking() == expected


def test_a_time_limit_is_that_of_its_own_caller(make_app: Any, clock: Any) -> None:
    async def main() -> Any:
        gate = Gate()

        @coco.fn(memo=True)
        async def work() -> int:
            run = await gate.pass_through()
            coco.check_cancellation()
            return run

        async def hurried() -> Any:
            with coco.timeout(timedelta(seconds=1)):
                return await work()

        first = asyncio.ensure_future(hurried())
        await gate.begun.wait()
        second = asyncio.ensure_future(work())
        await asyncio.sleep(0.02)
        clock.advance(2)
        gate.open.set()
        return await asyncio.gather(first, second, return_exceptions=True)

    failed, result = make_app(main).update_blocking()
    assert isinstance(failed, coco.DeadlineExceededError) and result == 2


def test_in_threads(make_app: Any) -> None:
    begun, go_on = threading.Event(), threading.Event()
    runs: list[int] = []

    @coco.fn(memo=True)
    def work() -> int:
        runs.append(1)
        begun.set()
        go_on.wait()
        return len(runs)

    def main() -> Any:
        context = coco.get_component_context()

        def call() -> int:
            with context.attach():
                return work()

        with ThreadPoolExecutor(4) as pool:
            first = pool.submit(call)
            begun.wait()
            others = [pool.submit(call) for _ in range(3)]
            go_on.set()
            return [first.result(), *(other.result() for other in others)]

    assert make_app(main).update_blocking() == [1] * 4
    assert runs == [1]


def test_a_sync_call_does_not_block_the_loop_for_one_in_a_thread(make_app: Any) -> None:
    begun, go_on = threading.Event(), threading.Event()

    @coco.fn(memo=True)
    def work(x: int) -> str:
        if threading.current_thread().name.startswith("other"):
            begun.set()
            go_on.wait()
            return "thread"
        return "loop"

    async def main() -> Any:
        context = coco.get_component_context()

        def call() -> str:
            with context.attach():
                return work(1)

        with ThreadPoolExecutor(1, thread_name_prefix="other") as pool:
            future = pool.submit(call)
            begun.wait()
            here = work(1)
            go_on.set()
            return here, await asyncio.wrap_future(future)

    assert make_app(main).update_blocking() == ("loop", "thread")


def test_as_async_calls_block_no_threads(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    def work(x: int) -> int:
        runs.append(x)
        return x

    async def main() -> Any:
        return await asyncio.gather(*(work.as_async(1) for _ in range(200)))

    assert make_app(main).update_blocking() == [1] * 200
    assert runs == [1]


def test_a_function_that_calls_itself_with_equal_arguments_is_told_so(make_app: Any) -> None:
    @coco.fn(memo=True)
    def direct(x: int) -> int:
        return direct(x)

    @coco.fn(memo=True)
    async def through(x: int) -> Any:
        return await asyncio.gather(plain(x))

    async def plain(x: int) -> Any:
        return await asyncio.ensure_future(through(x))

    async def main(which: str) -> Any:
        return direct(1) if which == "direct" else await through(1)

    for which in ("direct", "through"):
        with pytest.raises(
            errors.MemoRecursionError, match=rf"function {which} in component / was called with the same arguments"
        ) as caught:
            make_app(main, which, name=which).update_blocking()
        assert isinstance(caught.value, RecursionError)


def test_functions_that_would_wait_for_each_other_are_told_so(make_app: Any) -> None:
    @coco.fn(memo=True)
    async def left(x: int) -> Any:
        await asyncio.sleep(0)
        return await right(x)

    @coco.fn(memo=True)
    async def right(x: int) -> Any:
        await asyncio.sleep(0)
        return await left(x)

    async def main() -> Any:
        return await asyncio.wait_for(asyncio.gather(left(1), right(1), return_exceptions=True), 60)

    assert [type(error) for error in make_app(main).update_blocking()] == [errors.MemoRecursionError] * 2


def test_functions_in_threads_that_would_wait_for_each_other_are_told_so(make_app: Any) -> None:
    both = threading.Barrier(2)

    @coco.fn(memo=True)
    def left(x: int) -> int:
        if x == 0:
            both.wait()
        return right(0)

    @coco.fn(memo=True)
    def right(x: int) -> int:
        if x == 0:
            both.wait()
        return left(0)

    def main() -> Any:
        context = coco.get_component_context()

        def call(fn: Any) -> Any:
            with context.attach():
                try:
                    return fn(0)
                except errors.MemoRecursionError:
                    return "told"

        with ThreadPoolExecutor(2) as pool:
            return [future.result(60) for future in [pool.submit(call, left), pool.submit(call, right)]]

    assert make_app(main).update_blocking() == ["told"] * 2


def test_recursion_with_other_arguments_goes_on(make_app: Any) -> None:
    @coco.fn(memo=True)
    async def fib(n: int) -> int:
        return n if n < 2 else sum(await asyncio.gather(fib(n - 1), fib(n - 2)))

    async def main() -> int:
        return await fib(20)

    assert make_app(main).update_blocking() == 6765


def test_threads_do_not_wait_for_a_call_that_waits_for_a_thread(make_app: Any) -> None:
    @coco.fn(memo=True)
    def config(x: int) -> int:
        return x

    @coco.fn.as_async
    def item(number: int) -> int:
        all_begun.wait(60)
        return config(1) + number

    async def main() -> Any:
        items = [asyncio.ensure_future(item(number)) for number in range(200)]
        await asyncio.sleep(0)
        shared = asyncio.ensure_future(config.as_async(1))
        await asyncio.sleep(0)
        all_begun.set()
        return sum(await asyncio.gather(*items)) + await shared

    all_begun = threading.Event()
    assert make_app(main).update_blocking() == sum(range(200)) + 200 + 1

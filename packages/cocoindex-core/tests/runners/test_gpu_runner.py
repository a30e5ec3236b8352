"""`coco.GPU` in this process: functions take turns on a GPU, and know which one they have."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


class Together:
    """Counts how many run at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.now -= 1


def test_by_default_all_functions_share_a_queue_for_serial_execution() -> None:
    together = Together()

    @coco.fn.as_async(runner=coco.GPU)
    def sync(x: int) -> int:
        with together:
            return x

    @coco.fn(runner=coco.GPU)
    async def asynchronous(x: int) -> int:
        with together:
            await asyncio.sleep(0)
            return x

    async def main() -> list[int]:
        return await asyncio.gather(*(sync(x) for x in range(20)), *(asynchronous(x) for x in range(20)))

    assert asyncio.run(main()) == [*range(20), *range(20)]
    assert together.most == 1


def test_sync_functions_run_on_a_gpu_thread_and_do_not_block_the_loop() -> None:
    go_on = threading.Event()

    @coco.fn.as_async(runner=coco.GPU)
    def blocking() -> str:
        go_on.wait(60)
        return threading.current_thread().name

    async def main() -> str:
        waiting = asyncio.ensure_future(blocking())
        await asyncio.sleep(0)
        go_on.set()
        return await waiting

    assert asyncio.run(main()).startswith("cocoindex-gpu")


def test_halves_of_a_gpu_run_two_functions_at_once() -> None:
    both = threading.Barrier(2, timeout=60)

    @coco.fn.as_async(runner=coco.GPU(0.5))
    def half() -> tuple[int | None, float | None]:
        both.wait()  # passes only where two are inside
        return coco.current_gpu(), coco.current_gpu_fraction()

    async def main() -> Any:
        return await asyncio.gather(half(), half())

    assert asyncio.run(main()) == [(0, 0.5), (0, 0.5)]


def test_functions_run_on_as_many_gpus_as_the_pool_has() -> None:
    coco.configure_gpu_pool(2)
    both = threading.Barrier(2, timeout=60)

    @coco.fn.as_async(runner=coco.GPU)
    def whole() -> tuple[int | None, list[int], float | None]:
        both.wait()
        return coco.current_gpu(), coco.current_gpus(), coco.current_gpu_fraction()

    async def main() -> Any:
        return await asyncio.gather(whole(), whole())

    assert sorted(asyncio.run(main())) == [(0, [0], 1.0), (1, [1], 1.0)]


def test_outside_a_call_there_is_no_current_gpu() -> None:
    assert (coco.current_gpu(), coco.current_gpus(), coco.current_gpu_fraction()) == (None, [], None)


def test_a_call_inside_a_call_runs_on_what_that_has() -> None:
    @coco.fn.as_async(runner=coco.GPU)
    def inner() -> tuple[int | None, float | None]:
        return coco.current_gpu(), coco.current_gpu_fraction()

    @coco.fn(runner=coco.GPU(0.5))
    async def outer() -> Any:
        return await inner()

    assert asyncio.run(outer()) == (0, 0.5)  # and does not wait for itself


def test_batches_run_on_the_gpu() -> None:
    @coco.fn.as_async(batching=True, max_batch_size=16, runner=coco.GPU)
    def embed(texts: list[str]) -> list[Any]:
        return [(text, len(texts), coco.current_gpu()) for text in texts]

    async def main() -> Any:
        return await asyncio.gather(embed("a"), embed("b"))

    assert asyncio.run(main()) == [("a", 2, 0), ("b", 2, 0)]


def test_the_gpu_is_free_again_after_a_failure() -> None:
    @coco.fn.as_async(runner=coco.GPU)
    def broken() -> None:
        raise KeyError("broken")

    async def main() -> Any:
        return await asyncio.gather(*(broken() for _ in range(5)), return_exceptions=True)

    assert {type(error) for error in asyncio.run(main())} == {KeyError}


def test_a_cancelled_call_keeps_the_gpu_until_its_thread_is_done() -> None:
    started, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    @coco.fn.as_async(runner=coco.GPU)
    def first() -> None:
        started.set()
        go_on.wait(60)
        order.append("first is done")

    @coco.fn.as_async(runner=coco.GPU)
    def second() -> None:
        order.append("second runs")

    async def main() -> None:
        cancelled = asyncio.ensure_future(first())
        await asyncio.to_thread(started.wait)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        waiting = asyncio.ensure_future(second())
        await asyncio.sleep(0)
        go_on.set()
        await waiting

    asyncio.run(main())
    assert order == ["first is done", "second runs"]


def test_it_does_not_wait_for_a_gpu_past_the_deadline(clock: Any) -> None:
    started, go_on = threading.Event(), threading.Event()

    @coco.fn.as_async(runner=coco.GPU)
    def holding() -> None:
        started.set()
        go_on.wait(60)

    @coco.fn.as_async(runner=coco.GPU)
    def late() -> None: ...

    async def main() -> None:
        holder = asyncio.ensure_future(holding())
        await asyncio.to_thread(started.wait)
        with (
            coco.timeout(timedelta(milliseconds=20)),
            pytest.raises(coco.DeadlineExceededError, match="no GPU was free"),
        ):
            await late()
        go_on.set()
        await holder
        await late()

    asyncio.run(main())


def test_each_loop_may_use_it() -> None:
    @coco.fn.as_async(runner=coco.GPU)
    def same(x: int) -> int:
        return x

    assert [asyncio.run(same(x)) for x in range(3)] == [0, 1, 2]


def test_functions_on_a_gpu_see_their_component(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn.as_async(runner=coco.GPU)
    def path() -> str:
        return repr(coco.get_component_context())

    @coco.fn(memo=True)
    async def component() -> str:
        runs.append(1)
        return await path()

    async def main() -> Any:
        return await coco.use_mount(component)

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == "ComponentContext(/@component)"
    assert runs == [1]


def test_a_value_of_the_variable_that_says_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    @coco.fn.as_async(runner=coco.GPU)
    def work() -> int:
        return 1

    monkeypatch.setenv("COCOINDEX_RUN_GPU_IN_SUBPROCESS", "perhaps")
    with pytest.raises(errors.SettingsError, match="COCOINDEX_RUN_GPU_IN_SUBPROCESS is 'perhaps'; set it to 1"):
        asyncio.run(work())
    for value in ("", "0", "false"):
        monkeypatch.setenv("COCOINDEX_RUN_GPU_IN_SUBPROCESS", value)
        assert asyncio.run(work()) == 1

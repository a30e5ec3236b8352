"""`GPUPool`: parts of GPUs, whole ones, and those who wait for them."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import pathlib
import threading
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


async def settle() -> None:
    """Let whatever can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_parts_are_packed_and_then_the_next_gpu_is_taken() -> None:
    async def main() -> list[int]:
        pool = coco.GPUPool(2)
        return [await pool.acquire(0.3) for _ in range(6)]

    assert asyncio.run(main()) == [0, 0, 0, 1, 1, 1]


def test_thirds_make_a_whole() -> None:
    async def main() -> list[int]:
        pool = coco.GPUPool(1)
        taken = [await pool.acquire(1 / 3) for _ in range(3)]
        for gpu in taken:
            pool.release(gpu, 1 / 3)
        return await pool.acquire_full(1)

    assert asyncio.run(main()) == [0]


def test_who_waits_gets_what_is_released_in_order() -> None:
    async def main() -> list[str]:
        pool, order = coco.GPUPool(1), list[str]()

        async def use(name: str, fraction: float) -> None:
            await pool.acquire(fraction)
            order.append(name)

        await pool.acquire(1.0)
        tasks = [asyncio.ensure_future(use(name, part)) for name, part in (("a", 0.6), ("b", 0.6), ("c", 0.1))]
        await settle()
        assert order == []
        pool.release(0, 1.0)
        await settle()
        assert order == ["a"]  # c would fit, but b was there before
        pool.release(0, 0.6)
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(main()) == ["a", "b", "c"]


def test_whole_gpus_are_given_together() -> None:
    async def main() -> list[int]:
        pool = coco.GPUPool(3)
        part = await pool.acquire(0.5)
        assert await pool.acquire_full(2) == [1, 2]
        waiting = asyncio.ensure_future(pool.acquire_full(3))
        await settle()
        pool.release(part, 0.5)
        pool.release(1, 1.0)
        await settle()
        assert not waiting.done()
        pool.release(2, 1.0)
        return await waiting

    assert asyncio.run(main()) == [0, 1, 2]


@pytest.mark.parametrize("granted", [False, True])
def test_who_stops_waiting_takes_nothing(granted: bool) -> None:
    async def main() -> int:
        pool = coco.GPUPool(1)
        await pool.acquire(1.0)
        waiting = asyncio.ensure_future(pool.acquire(1.0))
        await settle()
        if granted:
            pool.release(0, 1.0)  # at the very moment
            waiting.cancel()
        else:
            waiting.cancel()
            await settle()
            pool.release(0, 1.0)
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return await asyncio.wait_for(pool.acquire(1.0), 60)

    assert asyncio.run(main()) == 0


def test_loops_in_several_threads_share_a_pool() -> None:
    pool, running, most = coco.GPUPool(2), 0, 0
    lock = threading.Lock()

    async def use() -> None:
        nonlocal running, most
        for _ in range(50):
            gpu = await pool.acquire(1.0)
            with lock:
                running += 1
                most = max(most, running)
            await asyncio.sleep(0)
            with lock:
                running -= 1
            pool.release(gpu, 1.0)

    threads = [threading.Thread(target=asyncio.run, args=(use(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (running, most <= 2) == (0, True)


def test_a_loop_that_was_closed_while_it_waited_takes_nothing() -> None:
    pool = coco.GPUPool(1)

    async def take_and_wait() -> None:
        await pool.acquire(1.0)
        await pool.acquire(1.0)

    loop = asyncio.new_event_loop()
    task = loop.create_task(take_and_wait())
    loop.run_until_complete(settle())
    coroutine: Any = task.get_coro()
    coroutine.close()
    loop.close()
    pool.release(0, 1.0)
    assert asyncio.run(pool.acquire(1.0)) == 0
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # asyncio would say that it was left, which is meant
    del task
    gc.collect()


@pytest.mark.parametrize(
    ("visible", "listed", "found"),
    [("3,5", "", 2), ("0", "", 1), ("GPU-abc", "", 1), ("", "GPU 0: a\nGPU 1: b\nGPU 2: c\n", 3), (None, None, 1)],
)
def test_the_default_pool_has_the_gpus_that_this_process_sees(
    visible: str | None, listed: str | None, found: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    monkeypatch.setenv("PATH", str(tmp_path))
    if listed is not None:
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f"#!/bin/sh\necho '{listed}'\n")
        tool.chmod(0o755)
    assert os.environ["PATH"] == str(tmp_path)
    assert coco.GPUPool.default().num_gpus == found


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (0, ValueError),
        (-1, ValueError),
        (10**400, ValueError),
        (2**40, ValueError),
        (1.5, TypeError),
        (True, TypeError),
    ],
)
def test_a_number_of_gpus_that_cannot_be_is_refused(number: Any, kind: type[Exception]) -> None:
    for make in (coco.GPUPool, coco.configure_gpu_pool):
        with pytest.raises(errors.CocoIndexError, match="num_gpus is") as caught:
            make(number)
        assert isinstance(caught.value, kind)


@pytest.mark.parametrize("fraction", [0, -1, 1.5, float("nan"), float("inf"), "a", None, True])
def test_a_fraction_that_cannot_be_is_refused(fraction: Any) -> None:
    kind = errors.GPUPoolTypeError if fraction in ("a", None) or fraction is True else errors.GPUPoolError
    for make in (coco.GPU, coco.GPURunner, lambda part: asyncio.run(coco.GPUPool(1).acquire(part))):
        with pytest.raises(kind, match="the fraction of a GPU"):
            make(fraction)


def test_what_was_not_acquired_cannot_be_released() -> None:
    pool = coco.GPUPool(1)
    with pytest.raises(errors.GPUPoolError, match=r"there is no GPU 5 to be released; this pool has 1"):
        pool.release(5, 0.5)
    with pytest.raises(errors.GPUPoolError, match=r"0.5 of GPU 0 is released, of which 0 was acquired"):
        pool.release(0, 0.5)


@pytest.mark.parametrize("wrong", [None, "1", 1.0, True, [0], math.nan])
def test_what_is_no_number(wrong: Any) -> None:
    pool = coco.GPUPool(1)
    with pytest.raises(errors.GPUPoolTypeError, match="gpu_count is a whole number, not"):
        asyncio.run(pool.acquire_full(wrong))
    with pytest.raises(errors.GPUPoolTypeError, match="gpu_id is a whole number, not"):
        pool.release(wrong, 1.0)


@pytest.mark.parametrize("count", [0, -1, 2])
def test_more_gpus_than_there_are_would_never_come(count: int) -> None:
    with pytest.raises(errors.GPUPoolError, match=f"gpu_count is {count}; this pool has 1 GPUs"):
        asyncio.run(coco.GPUPool(1).acquire_full(count))

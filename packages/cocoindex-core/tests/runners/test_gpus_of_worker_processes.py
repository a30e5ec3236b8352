"""A function of a `ProcessRunner` that asks for GPUs holds them while it runs, as one of `coco.GPU` does."""

from __future__ import annotations

import asyncio
import importlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

workload: Any = importlib.import_module("process_workload")  # found on the path that conftest.py adds


def pipes(tmp_path: Path) -> tuple[Path, Path]:
    a, b = tmp_path / "a", tmp_path / "b"
    for path in (a, b):
        os.mkfifo(path)
    return a, b


async def both(function: Any, a: Path, b: Path) -> Any:
    return await asyncio.gather(function(a, b), function(b, a))


def test_two_calls_at_once_have_different_ones(tmp_path: Path) -> None:
    coco.configure_gpu_pool(2)
    assert sorted(asyncio.run(both(workload.on_a_gpu, *pipes(tmp_path)))) == [([0], 1.0), ([1], 1.0)]


def test_halves_share_one(tmp_path: Path) -> None:
    assert asyncio.run(both(workload.on_half_a_gpu, *pipes(tmp_path))) == [([0], 0.5), ([0], 0.5)]


def test_it_takes_turns_with_what_runs_here(clock: Any) -> None:
    async def main() -> None:
        begun, may_end = asyncio.Event(), asyncio.Event()

        @coco.fn(runner=coco.GPU)
        async def here() -> None:
            begun.set()
            await may_end.wait()

        holder = asyncio.create_task(here())
        await begun.wait()
        with (
            coco.timeout(timedelta(seconds=0.01)),
            pytest.raises(errors.DeadlineExceededError, match="no GPU was free for on_a_gpu"),
        ):
            await workload.on_a_gpu()
        may_end.set()
        await holder
        assert await workload.on_a_gpu() == ([0], 1.0)

    asyncio.run(main())


def test_a_call_inside_a_call_has_what_that_has() -> None:
    @coco.fn(runner=coco.GPU(0.5))
    async def here() -> Any:
        return await workload.on_a_gpu()

    assert asyncio.run(here()) == ([0], 0.5)


def test_they_are_free_again_after_the_worker_died() -> None:
    with pytest.raises(errors.WorkerDiedError):
        asyncio.run(workload.die_on_a_gpu())
    assert asyncio.run(workload.on_a_gpu()) == ([0], 1.0)
    assert asyncio.run(workload.on_no_gpu()) == ([], None)


def test_more_than_there_are_is_told() -> None:
    with pytest.raises(errors.GPUPoolError, match="gpu_count is 2; this pool has 1 GPUs"):
        asyncio.run(workload.on_two_gpus())
    with pytest.raises(errors.GPUPoolError, match=r"on_some_gpus asks for 1\.5 GPUs"):
        asyncio.run(workload.on_some_gpus())

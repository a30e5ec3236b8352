"""Calls on Ray: batches, retries, time limits, resources."""

from __future__ import annotations

import asyncio
import importlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

import cocoindex as coco
from cocoindex import errors
from cocoindex.runners.ray import RayCallError, RayRunner

workload: Any = importlib.import_module("ray_workload")  # found on the path that conftest.py adds
pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("local_ray")]


def test_thousands_of_short_calls_each_get_their_result() -> None:
    async def main() -> Any:
        return await asyncio.gather(*(workload.where(x) for x in range(3000)))

    results = asyncio.run(main())
    assert [x for x, _ in results] == [*range(3000)]
    assert os.getpid() not in dict(results).values()


def test_several_batches_of_a_function_are_in_flight() -> None:
    async def main() -> Any:
        return await asyncio.gather(*(workload.sizes(x) for x in range(16)))

    assert asyncio.run(main()) == [8] * 16
    assert workload.TASKS.batches_of(workload.sizes.body) in range(2, 17, 2), "more where they are short"


def test_a_call_whose_worker_died_is_run_again_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert asyncio.run(workload.die_once(tmp_path / "one")) == 1
    with pytest.raises(RayCallError, match=r"ray_workload\.die_once_for_all on Ray has no result: WorkerCrashedError"):
        asyncio.run(workload.die_once_for_all(tmp_path / "two"))


def test_a_call_whose_time_is_up_is_ended(tmp_path: Path) -> None:
    begun = tmp_path / "begun"

    async def main(seconds: float) -> None:
        with coco.timeout(timedelta(seconds=seconds)):
            await workload.sleep_for_ever(begun)

    seconds = 1
    while not begun.exists():  # it may be too short to begin
        with pytest.raises(coco.DeadlineExceededError, match="sleep_for_ever had no result from a Ray worker"):
            asyncio.run(main(seconds))
        seconds *= 2
    assert psutil.pid_exists(int(begun.read_text())) is False


def test_what_no_node_has_is_told_at_once() -> None:
    with pytest.raises(RayCallError, match=r"no node of the Ray cluster has .*GPU 3.*the nodes have: CPU 2, GPU 2"):
        asyncio.run(workload.needs_three_gpus())
    assert asyncio.run(workload.needs_memory()) == 1


WRONG: Any = [
    {"actors": 0},
    {"max_retries": -1},
    {"address": 5},
    {"initializer": "load"},
    {"resources": {"memory": "4 apples"}},
    {"resources": {"num_gpus": 1}},
]


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_arguments_are_refused(arguments: Any) -> None:
    with pytest.raises(errors.RunnerError, match=next(iter(arguments))):
        RayRunner(**arguments)

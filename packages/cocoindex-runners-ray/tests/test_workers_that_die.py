"""Calls of a worker that died, or that was ended for one of them, run again; those that shared its task get results."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.runners.ray import RayCallError

workload: Any = importlib.import_module("ray_workload")  # found on the path that conftest.py adds
pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("local_ray", "actors_that_end")]


@pytest.fixture
def actors_that_end(local_ray: None) -> Iterator[None]:
    """They hold a processor that other tests need."""
    workload.ACTORS.start()
    yield
    workload.ACTORS.stop()


def test_a_call_on_an_actor_that_died_is_run_again(tmp_path: Path) -> None:
    assert asyncio.run(workload.die_once_on_an_actor(tmp_path / "died")) == 1


@pytest.mark.parametrize("name", ["short_in_tasks", "short_on_actors"])
def test_one_that_always_ends_its_worker_fails_alone(name: str) -> None:
    short = getattr(workload, name)

    async def main() -> list[Any]:
        await asyncio.gather(*(short(False) for _ in range(50)))  # so that many go in one task
        calls = [short(number == 50) for number in range(100)]
        return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(main())
    failed = results.pop(50)
    assert results == [1] * 99
    assert isinstance(failed, RayCallError)
    assert f"ray_workload.{name} on Ray has no result" in str(failed) and "died" in str(failed)


@pytest.mark.parametrize("name", ["may_stay_in_tasks", "may_stay_on_actors"])
def test_one_whose_time_is_up_fails_alone(name: str) -> None:
    may_stay = getattr(workload, name)

    async def stay() -> Any:
        with coco.timeout(timedelta(seconds=2)):
            return await may_stay(True)

    async def main() -> list[Any]:
        await asyncio.gather(*(may_stay(False) for _ in range(50)))  # so that many go in one task
        calls = [stay() if number == 50 else may_stay(False) for number in range(100)]
        return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(main())
    failed = results.pop(50)
    assert results == [1] * 99
    assert isinstance(failed, coco.DeadlineExceededError)

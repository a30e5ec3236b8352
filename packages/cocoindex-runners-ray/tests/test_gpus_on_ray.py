"""A call on Ray has the GPUs that it asks for, and knows which; a cluster may claim GPUs that are not there."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

import pytest

workload: Any = importlib.import_module("ray_workload")  # found on the path that conftest.py adds
pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("local_ray")]
EACH = [("0", 0, [0], 1.0), ("1", 0, [0], 1.0)]


def test_calls_with_one_each_run_as_many_at_once_as_there_are(tmp_path: Path) -> None:
    async def main() -> Any:
        # Those that meet come first: calls that are known to be short may go in one task, one after the other.
        met = await asyncio.gather(*(workload.with_a_gpu(tmp_path, str(n), [str(1 - n)]) for n in range(2)))
        return met + await asyncio.gather(*(workload.with_a_gpu(tmp_path, str(n), []) for n in range(2, 6)))

    results = asyncio.run(main())
    assert sorted(result[:-1] for result in results[:2]) == EACH
    assert all(result[:-1] in EACH for result in results)
    assert max(result[-1] for result in results[:2]) == 2
    assert max(result[-1] for result in results) == 2


def test_calls_with_a_half_each(tmp_path: Path) -> None:
    async def main() -> Any:
        return await asyncio.gather(*(workload.with_half_a_gpu(tmp_path, str(n), [str(1 - n)]) for n in range(2)))

    assert [result[:-1] for result in asyncio.run(main())] == [("0", 0, [0], 0.5)] * 2


def test_a_call_with_two_and_one_with_none(tmp_path: Path) -> None:
    assert asyncio.run(workload.with_two_gpus(tmp_path))[:-1] == ("0,1", 0, [0, 1], 1.0)
    assert asyncio.run(workload.without_gpus()) == (None, [])


def test_actors_that_have_one_each(tmp_path: Path) -> None:
    pairs = (tmp_path, "0", "1"), (tmp_path, "1", "0")

    async def main() -> Any:
        return await asyncio.gather(*map(workload.on_actors_with_gpus, pairs))

    workload.ON_GPUS.start()
    try:
        assert sorted(result[:-1] for result in asyncio.run(main())) == EACH
    finally:
        workload.ON_GPUS.stop()

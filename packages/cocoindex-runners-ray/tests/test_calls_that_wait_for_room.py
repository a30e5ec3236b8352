"""Calls for which nothing is free say what they wait for; a pool that is too large works with what there is."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cocoindex.runners.ray import RayCallError, RayRunner

workload: Any = importlib.import_module("ray_workload")  # found on the path that conftest.py adds
pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("local_ray")]


class Said(logging.Handler):
    """Waits for what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self.came = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
        self.loop.call_soon_threadsafe(self.came.set)

    async def of(self, beginning: str) -> str:
        while not (found := [text for text in self.messages if beginning in text]):
            self.came.clear()
            await self.came.wait()
        return found[0]


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("cocoindex")
    before = [*logger.handlers]
    yield logger
    logger.handlers[:] = before


def test_a_pool_that_holds_all_and_tasks_beside_it(tmp_path: Path, logger: logging.Logger) -> None:
    may_end = tmp_path / "may_end"

    async def main() -> None:
        said = Said()
        logger.addHandler(said)
        pool, tasks = RayRunner(actors=3), RayRunner()
        pool.start()
        tasks.start()
        held = asyncio.create_task(pool.execute(workload.wait_for, (may_end,), {}))
        text = await said.of("2 of 3 actors work")
        assert "one actor needs CPU 1; the cluster has CPU 2 (0 free, 2 held by actors of this program)" in text
        waiting = asyncio.create_task(tasks.execute(len, ([1],), {}))
        text = await said.of("calls of builtins.len have waited")
        assert "one call needs CPU 1; the cluster has CPU 2 (0 free, 2 held by actors of this program)" in text
        may_end.touch()
        await held
        await asyncio.to_thread(pool.stop)
        assert await waiting == 1
        await asyncio.to_thread(tasks.stop)
        assert len(said.messages) == 2

    asyncio.run(main())


def test_an_actor_that_no_node_can_have() -> None:
    runner = RayRunner(actors=1, resources={"cpus": 3})
    with pytest.raises(RayCallError, match=r"what one actor needs \(CPU 3\); the nodes have: CPU 2"):
        asyncio.run(runner.execute(len, ([],), {}))

"""Threads, the subprocess of a GPU, and worker processes pass the suite of runners."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RunnerDriver, RunnerSuite


class Threads(coco.Runner):
    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        if inspect.iscoroutinefunction(fn):
            return await fn(*args, **kwargs)
        coco.check_cancellation()
        return await asyncio.to_thread(fn, *args, **kwargs)


class ThreadsDriver(RunnerDriver):
    """Threads"""

    suite_version = "0.2"
    parallel = 2

    def runner(self) -> coco.Runner:
        return Threads()


class GPUDriver(RunnerDriver):
    """coco.GPU in a subprocess"""

    suite_version = "0.2"
    own_processes = True

    def runner(self) -> coco.Runner:
        return coco.GPU


class ProcessDriver(RunnerDriver):
    """coco.ProcessRunner"""

    suite_version = "0.2"
    own_processes = True
    parallel = 2
    ends_cancelled = True

    def runner(self) -> coco.Runner:
        return coco.ProcessRunner(2)

    def runner_with(self, initializer: Callable[[coco.ContextProvider], Any]) -> coco.Runner:
        return coco.ProcessRunner(1, initializer=initializer)


class TestThreads(RunnerSuite):
    @pytest.fixture
    def driver(self) -> RunnerDriver:
        return ThreadsDriver()


@pytest.mark.usefixtures("in_subprocess")
class TestGPU(RunnerSuite):
    @pytest.fixture
    def driver(self) -> RunnerDriver:
        return GPUDriver()


class TestProcesses(RunnerSuite):
    @pytest.fixture
    def driver(self) -> RunnerDriver:
        return ProcessDriver()

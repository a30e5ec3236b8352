"""Tasks and actors on Ray pass the suite of runners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.runners.ray import RayRunner
from cocoindex.testing import RunnerDriver, RunnerSuite

pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("local_ray")]


class TasksDriver(RunnerDriver):
    """RayRunner with tasks"""

    suite_version = "0.2"
    own_processes = True
    parallel = 2
    ends_cancelled = True

    def runner(self) -> coco.Runner:
        return RayRunner()

    def runner_with(self, initializer: Callable[[coco.ContextProvider], Any]) -> coco.Runner:
        return RayRunner(initializer=initializer)


class ActorsDriver(TasksDriver):
    """RayRunner with actors"""

    def __init__(self, kept: RayRunner) -> None:
        self._kept = kept

    def runner(self) -> coco.Runner:
        return self._kept

    def runner_with(self, initializer: Callable[[coco.ContextProvider], Any]) -> coco.Runner:
        return RayRunner(actors=1, initializer=initializer)


class TestTasks(RunnerSuite):
    @pytest.fixture
    def driver(self) -> RunnerDriver:
        return TasksDriver()


class TestActors(RunnerSuite):
    @pytest.fixture(scope="class")
    def kept(self, local_ray: None) -> Iterator[RayRunner]:
        """A runner whose actors stay from check to check: each takes its time to start."""
        runner = RayRunner(actors=2)
        runner.start()
        yield runner
        runner.stop()

    @pytest.fixture
    def driver(self, kept: RayRunner) -> RunnerDriver:
        return ActorsDriver(kept)

"""Tasks and actors on Ray pass the suite of runners."""

from __future__ import annotations

from collections.abc import Callable
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

    def runner(self) -> coco.Runner:
        return RayRunner(actors=2)

    def runner_with(self, initializer: Callable[[coco.ContextProvider], Any]) -> coco.Runner:
        return RayRunner(actors=1, initializer=initializer)


class TestTasks(RunnerSuite):
    @pytest.fixture
    def driver(self) -> RunnerDriver:
        return TasksDriver()


class TestActors(RunnerSuite):
    @pytest.fixture
    def driver(self) -> RunnerDriver:
        return ActorsDriver()

"""Tasks and actors on Ray pass the suite of runners."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.runners.ray import RayRunner
from cocoindex.testing import RunnerDriver, RunnerSuite, runner_functions

pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("local_ray")]


class TasksDriver(RunnerDriver):
    """RayRunner with tasks"""

    suite_version = "0.2"
    own_processes = True
    parallel = 2
    ends_cancelled = True

    def runner(self) -> coco.Runner:
        return RayRunner(max_retries=1)

    def runner_with(self, initializer: Callable[[coco.ContextProvider], Any]) -> coco.Runner:
        return RayRunner(initializer=initializer)


ACTORS = RayRunner(actors=2, max_retries=1, resources={"cpus": 0.5})


@functools.cache
def one_actor(initializer: Callable[[coco.ContextProvider], Any]) -> RayRunner:
    return RayRunner(actors=1, initializer=initializer, resources={"cpus": 0.5})


class ActorsDriver(TasksDriver):
    """RayRunner with actors, which stay from check to check"""

    def runner(self) -> coco.Runner:
        return ACTORS

    def runner_with(self, initializer: Callable[[coco.ContextProvider], Any]) -> coco.Runner:
        return one_actor(initializer)


class TestTasks(RunnerSuite):
    @pytest.fixture
    def driver(self) -> RunnerDriver:
        return TasksDriver()


@pytest.fixture(scope="module")
def actors_stay(local_ray: None) -> Iterator[None]:
    runners = ACTORS, one_actor(runner_functions.provide_values)
    for runner in runners:
        runner.start()
    yield
    for runner in runners:
        runner.stop()


@pytest.mark.usefixtures("actors_stay")
class TestActors(RunnerSuite):
    @pytest.fixture
    def driver(self) -> RunnerDriver:
        return ActorsDriver()

"""What the tests of functions share: an environment in a temporary folder, and ways to run apps in it."""

from __future__ import annotations

import gc
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco


@pytest.fixture
def env(tmp_path: pathlib.Path) -> Iterator[coco.Environment]:
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"), name="test")
    yield environment
    environment.close()


@pytest.fixture
def make_app(env: coco.Environment) -> Callable[..., coco.App[..., Any]]:
    def make(main: Any, *args: Any, name: str = "app", limit: int | None = None, **kwargs: Any) -> coco.App[..., Any]:
        config = coco.AppConfig(name=name, environment=env, max_inflight_components=limit)
        return coco.App(config, main, *args, **kwargs)

    return make


@pytest.fixture
def run_versions(env: coco.Environment) -> Callable[..., list[Any]]:
    """Update one app with the main function that `build(version, log)` makes for each version; what they logged.

    Functions of an earlier version are gone by then: logic is valid while a function that has it is alive.
    """

    def run(build: Callable[[int, list[Any]], Any], versions: tuple[int, ...] = (1, 1, 2, 2)) -> list[Any]:
        log: list[Any] = []
        for version in versions:
            coco.App(coco.AppConfig(name="versions", environment=env), build(version, log)).update_blocking()
            log.append("|")
            gc.collect()
        return log

    return run

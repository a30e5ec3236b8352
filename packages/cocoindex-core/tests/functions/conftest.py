"""What the tests of functions share: a way to run versions of a program."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco


@pytest.fixture
def run_versions(env: coco.Environment, little_garbage: None) -> Callable[..., list[Any]]:
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

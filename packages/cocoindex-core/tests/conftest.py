"""What the tests of core share: an environment in a temporary folder, and a way to make apps in it."""

from __future__ import annotations

import pathlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex._runtime import deadline


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


class Clock:
    """The clock of `coco.timeout`, which goes on only when a test says so."""

    def __init__(self) -> None:
        self._now = time.monotonic()

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """No time limit passes before what is to begin has begun, however slow the machine; waits take real time."""
    clock = Clock()
    monkeypatch.setattr(deadline, "_clock", clock)
    return clock


@pytest.fixture
def default_env_without_a_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The default environment with a lifespan that says no path, and no path in the variables of the process."""

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        yield

    monkeypatch.delenv("COCOINDEX_DB", raising=False)
    yield
    coco.stop_blocking()

"""A runner is started for each environment whose components use it, and stopped when that is closed."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco

workload: Any = importlib.import_module("process_workload")  # found on the path that conftest.py adds


class Noting(coco.Runner):
    def __init__(self) -> None:
        self.events: list[str] = []

    def start(self) -> None:
        self.events.append("start")

    def stop(self) -> None:
        self.events.append("stop")

    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        return fn(*args, **kwargs)


def environment(tmp_path: Path, name: str) -> coco.Environment:
    return coco.Environment(coco.Settings(db_path=tmp_path / name))


def test_once_for_each_environment(tmp_path: Path) -> None:
    runner = Noting()

    @coco.fn.as_async(runner=runner)
    def work(x: int) -> int:
        return x

    @coco.fn.as_async(runner=runner, batching=True)
    def batched(xs: list[int]) -> list[int]:
        return xs

    async def main() -> None:
        await work(1)
        await batched(1)

    for name in ("one", "two"):
        env = environment(tmp_path, name)
        app = coco.App(coco.AppConfig("app", environment=env), main)
        app.update_blocking()
        app.update_blocking()
        assert runner.events == ["start"]
        env.close()
        assert runner.events == ["start", "stop"]
        runner.events.clear()


def test_the_workers_of_a_process_runner_end_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setenv("PROCESS_WORKLOAD_PIPE", str(pipe))
    env = environment(tmp_path, "store")

    async def main() -> Any:
        return await workload.pipe_name()

    assert coco.App(coco.AppConfig("app", environment=env), main).update_blocking() == "pipe"
    env.close()
    assert pipe.read_text() == "closed"


def test_a_stop_that_raises_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Bad(Noting):
        def stop(self) -> None:
            raise ValueError("cannot stop")

    @coco.fn.as_async(runner=Bad())
    def work() -> None: ...

    async def main() -> None:
        await work()

    env = environment(tmp_path, "store")
    coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
    env.close()
    (record,) = caplog.records
    assert "could not be stopped: ValueError: cannot stop" in record.getMessage()

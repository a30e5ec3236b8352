"""The default environment: lifespan forms, start and stop, one loop after the other, values for everybody."""

from __future__ import annotations

import asyncio
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco

KEY = coco.ContextKey[str]("test/environments")


@pytest.fixture
def log(tmp_path: pathlib.Path) -> Iterator[list[str]]:
    """What the lifespan did; the default environment is stopped after the test."""
    events: list[str] = []

    @coco.lifespan
    async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        builder.settings.db_path = tmp_path / "db"
        builder.provide(KEY, "value")
        events.append("start")
        yield
        events.append("stop")

    yield events
    coco.stop_blocking()


async def read() -> str:
    return coco.use_context(KEY)


def test_lifespan_runs_at_the_first_update_and_ends_at_the_stop(log: list[str]) -> None:
    app = coco.App("lifespan", read)
    assert log == []
    assert app.update_blocking() == "value" == app.update_blocking()
    assert log == ["start"]
    coco.stop_blocking()
    assert log == ["start", "stop"]


def test_runtime_block(log: list[str]) -> None:
    with coco.runtime():
        assert log == ["start"]
        assert coco.default_env().get_context(KEY) == "value"
    assert log == ["start", "stop"]


def test_async_runtime_block(log: list[str]) -> None:
    async def run() -> str:
        async with coco.runtime():
            env: coco.Environment = await coco.default_env()
            return env.get_context(KEY)

    assert asyncio.run(run()) == "value"
    assert log == ["start", "stop"]


def test_asyncio_run_several_times_in_a_row_starts_it_anew(log: list[str]) -> None:
    app = coco.App("several", read)

    async def update() -> str:
        return await app.update()

    assert [asyncio.run(update()) for _ in range(3)] == ["value"] * 3
    assert log.count("start") == 3


def test_from_a_loop_while_the_environment_runs_on_another(log: list[str]) -> None:
    app = coco.App("bridged", read)
    assert app.update_blocking() == "value"

    async def update() -> str:
        return await app.update()

    assert asyncio.run(update()) == "value"
    assert log == ["start"]


def test_sync_lifespan(tmp_path: pathlib.Path) -> None:
    events: list[str] = []

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "db"
        builder.provide(KEY, "sync")
        yield
        events.append("stopped")

    assert coco.App("sync lifespan", read).update_blocking() == "sync"
    coco.stop_blocking()
    assert events == ["stopped"]


def test_lifespan_that_is_no_generator_is_an_error() -> None:
    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> None: ...

    with pytest.raises(coco.errors.LifespanError, match="lifespan"):
        coco.start_blocking()


def test_lifespan_that_fails_half_way_closes_what_it_opened(tmp_path: pathlib.Path) -> None:
    closed: list[str] = []

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        try:
            raise OSError("no server")
        finally:
            closed.append("closed")
        yield

    with pytest.raises(OSError, match="no server"):
        coco.start_blocking()
    assert closed == ["closed"]


PROGRAM = """
import asyncio, pathlib, sys
import cocoindex as coco
from cocoindex.testing import RecordingTarget

folder = pathlib.Path(sys.argv[1])
target = RecordingTarget("interrupted")

@coco.fn
async def work(n):
    if n == 50:
        (folder / "started").touch()
        await asyncio.Event().wait()
    target.declare(n, n)

@coco.fn
async def main():
    await coco.mount_each(work, [(n, n) for n in range(60)])

env = coco.Environment(coco.Settings(db_path=folder / "db"))
try:
    coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
except KeyboardInterrupt:
    print("interrupted in order", len(target.data))
"""


def test_ctrl_c_leaves_in_order(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    process: Any = subprocess.Popen([sys.executable, file, tmp_path], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists():
        assert time.monotonic() < deadline and process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out.startswith("interrupted in order")

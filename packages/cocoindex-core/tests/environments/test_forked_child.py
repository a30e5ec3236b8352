"""A forked child has a loop, an environment and threads of its own; what it cannot use is an error that says why."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pathlib
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there")


def in_child(work: Callable[[], object]) -> str:
    """What `work()` gives in a forked child, or how it fails, as text."""
    context: Any = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)

    def run() -> None:
        try:
            sending.send(str(work()))
        except BaseException as exc:
            sending.send(f"{type(exc).__name__}: {exc}")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that there are threads is what the test is about
        process = context.Process(target=run)
        process.start()
    try:
        return str(receiving.recv()) if receiving.poll(30) else "it hangs"
    finally:
        process.kill()
        process.join()


@coco.fn
def answer() -> int:
    return 42


def app_in(folder: pathlib.Path, main: Any, loop: asyncio.AbstractEventLoop | None = None) -> Any:
    env = coco.Environment(coco.Settings(db_path=folder), event_loop=loop)
    return coco.App(coco.AppConfig("app", environment=env), main)


def test_an_app_of_its_own(tmp_path: pathlib.Path) -> None:
    assert app_in(tmp_path / "parent", answer).update_blocking() == 42
    assert in_child(app_in(tmp_path / "child", answer).update_blocking) == "42"


def test_while_another_thread_of_the_parent_updates(tmp_path: pathlib.Path) -> None:
    started, go_on = threading.Event(), threading.Event()

    @coco.fn
    def main() -> None:
        started.set()
        assert go_on.wait(30)

    app = app_in(tmp_path / "parent", main)
    thread = threading.Thread(target=app.update_blocking)
    thread.start()
    assert started.wait(30)
    assert in_child(app_in(tmp_path / "child", answer).update_blocking) == "42"
    go_on.set()
    thread.join()


def test_sinks_and_functions_in_threads(tmp_path: pathlib.Path) -> None:
    target = RecordingTarget()

    @coco.fn.as_async
    def value() -> int:
        return 1

    @coco.fn
    async def main() -> object:
        target.declare("row", await value())
        return target.data

    assert app_in(tmp_path / "parent", main).update_blocking() == {"row": 1}
    target.data.clear()
    assert in_child(app_in(tmp_path / "child", main).update_blocking) == "{'row': 1}"


def test_under_a_loop_that_runs_in_the_parent(tmp_path: pathlib.Path) -> None:
    async def run() -> str:
        await app_in(tmp_path / "parent", answer).update()
        return in_child(app_in(tmp_path / "child", answer).update_blocking)

    assert asyncio.run(run()) == "42"


def test_an_environment_with_the_parents_loop_says_so(tmp_path: pathlib.Path) -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    app = app_in(tmp_path / "parent", answer, loop)
    try:
        assert app.update_blocking() == 42
        told = in_child(app.update_blocking)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
    assert told.startswith("EnvironmentLoopError") and "forked" in told


@pytest.fixture
def log(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    file = tmp_path / "log"

    def say(what: str) -> None:
        with file.open("a") as out:
            out.write(what + "\n")

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / str(os.getpid())
        say("start")
        try:
            yield
        finally:
            say("stop")

    yield file
    coco.stop_blocking()


def test_the_default_environment_is_started_anew_and_the_parents_stays(
    log: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    app = coco.App("forked", answer)
    app.update_blocking()

    def child() -> object:
        coco.start_blocking()
        coco.stop_blocking()
        return "done"

    assert in_child(child) == "done"
    assert log.read_text().split() == ["start", "start", "stop"]
    app.update_blocking()
    coco.stop_blocking()
    assert log.read_text().split() == ["start", "start", "stop", "stop"]

"""Ctrl-C ends an update in order: nothing new begins, what is being applied is committed; a second one ends at once."""

from __future__ import annotations

import contextlib
import pathlib
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import quick_python

PROGRAM = """
import asyncio, pathlib, sys, threading
import cocoindex as coco
from cocoindex.testing import RecordingTarget

folder, how = pathlib.Path(sys.argv[1]), sys.argv[2]
go_on = threading.Event()
target = RecordingTarget("interrupted")

def say(what):
    print(what, flush=True)

def apply(actions):
    say(f"applying {len(actions)}")
    if "stuck" in how:
        go_on.wait()
    else:
        sys.stdin.readline()  # until the test says so
    say("applied")

target.on_batch = apply

@coco.fn
async def done():
    target.declare("done", 1)

@coco.fn
async def waiting():
    try:
        await asyncio.Event().wait()
    finally:
        say("left")

@coco.fn
def blocked():
    go_on.wait()

@coco.fn
async def never():
    say("never")

@coco.fn
async def main():
    await coco.mount(waiting)
    if "blocked" in how:
        await coco.mount(blocked)
    await coco.mount(done)
    await asyncio.Event().wait()
    await coco.mount(never)

env = coco.Environment(coco.Settings(db_path=folder / "db"))
app = coco.App(coco.AppConfig("app", environment=env), main)
try:
    if "async" in how:
        asyncio.run(app.update().result())
    else:
        app.update_blocking()
except KeyboardInterrupt:
    say("interrupted")
"""


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[Any]:
    """Starts the program, up to where the sink has been called."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    with contextlib.ExitStack() as processes:

        def begin(how: str) -> quick_python.Running:
            process = processes.enter_context(quick_python.running(["-W", "error", file, tmp_path, how]))
            assert process.stdout.readline() == "applying 1\n"
            return process

        yield begin


ELSEWHERE = """
import asyncio, pathlib, signal, sys, threading, time
import cocoindex as coco

def interrupted():
    time.sleep(0.2)  # the loop sleeps now
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

@coco.fn
async def main():
    threading.Thread(target=interrupted).start()
    await asyncio.Event().wait()

async def run(app):
    if "watched" in sys.argv:
        async for _ in app.update().watch():
            pass
    else:
        await app.update()

env = coco.Environment(coco.Settings(db_path=pathlib.Path(sys.argv[1]) / "db"))
app = coco.App(coco.AppConfig("app", environment=env), main)
before = signal.getsignal(signal.SIGURG)
try:
    if "blocking" in sys.argv:
        app.update_blocking()
    else:
        asyncio.run(run(app))
except KeyboardInterrupt:
    print("interrupted", signal.getsignal(signal.SIGURG) is before, signal.set_wakeup_fd(-1))
"""

READ = """
import pathlib, sys
import cocoindex as coco
import cocoindex.inspect as inspect
from cocoindex.testing import RecordingTarget

target = RecordingTarget("interrupted", {"done": 1})

@coco.fn
async def done():
    target.declare("done", 1)

@coco.fn
async def main():
    await coco.mount(done)

env = coco.Environment(coco.Settings(db_path=pathlib.Path(sys.argv[1]) / "db"))
coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
print([action.key for action in target.actions])
"""


def actions_of_the_next_update(folder: pathlib.Path) -> str:
    done = quick_python.run(["-c", READ, folder])
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def next_line(process: quick_python.Running) -> str:
    return process.stdout.readline().strip()


def interrupt(process: quick_python.Running) -> None:
    process.send_signal(signal.SIGINT)
    assert next_line(process) == "left"


@pytest.mark.parametrize("how", ["blocking", "async"])
def test_what_is_being_applied_is_committed(start: Any, tmp_path: pathlib.Path, how: str) -> None:
    process = start(how)
    interrupt(process)
    out, err = process.communicate("go on\n", timeout=60)
    assert out.splitlines() == ["applied", "interrupted"], err
    assert (process.returncode, err.replace(WAITING, "")) == (0, "")
    assert actions_of_the_next_update(tmp_path) == "[]"


WAITING = "interrupted: waiting for what is being applied; Ctrl-C again ends at once\n"


def test_a_second_one_ends_at_once_although_a_sink_does_not_return(start: Any, tmp_path: pathlib.Path) -> None:
    process = start("blocking stuck")
    interrupt(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert out.splitlines() == ["interrupted"]
    assert (process.returncode, err.replace(WAITING, "")) == (0, "")
    assert actions_of_the_next_update(tmp_path) == "['done']"


@pytest.mark.parametrize("how", ["blocking stuck", "async stuck"])
def test_what_waits_is_said_after_a_second_and_another_one_ends_it(
    start: Any, tmp_path: pathlib.Path, how: str
) -> None:
    process = start(how)
    interrupt(process)
    assert process.stderr.readline() == WAITING
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == ("interrupted\n", "")
    assert process.returncode == 0
    assert actions_of_the_next_update(tmp_path) == "['done']"


@pytest.mark.parametrize("how", ["blocking blocked", "async blocked"])
def test_a_sync_component_that_does_not_return_is_waited_for_until_the_second(start: Any, how: str) -> None:
    process = start(how)
    interrupt(process)
    assert process.stdin is not None and process.stderr is not None
    process.stdin.write("go on\n")
    process.stdin.flush()
    assert next_line(process) == "applied"
    waiting = process.stderr.readline()
    assert waiting.startswith("interrupted: waiting for ") and "component /@blocked" in waiting
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "interrupted\n", "")


@pytest.mark.parametrize("how", ["blocking", "awaited", "watched"])
def test_one_that_the_system_gives_to_another_thread_ends_the_update(tmp_path: pathlib.Path, how: str) -> None:
    """The thread that waits does not wake by such a signal, nor by one that comes just before it begins to wait."""
    done = quick_python.run(["-W", "error", "-c", ELSEWHERE, tmp_path, how], timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted True -1\n", "")

"""SIGTERM ends a blocking update or drop as Ctrl-C does, with an exit code of its own; a second one ends it at once."""

from __future__ import annotations

import contextlib
import pathlib
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import quick_python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no signals are sent there")

PROGRAM = """
import os, pathlib, signal, sys, threading, warnings
import cocoindex as coco
from cocoindex.testing import RecordingTarget

folder, how = pathlib.Path(sys.argv[1]), sys.argv[2]
target = RecordingTarget("terminated")

def say(what):
    print(what, flush=True)

def apply(actions):
    say("applying")
    if "stuck" in how:
        threading.Event().wait()
    if "fork" in how:
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks where there are threads
        if not (child := os.fork()):
            threading.Event().wait()
        os.kill(child, signal.SIGTERM)
        say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    sys.stdin.readline()  # until the test says so
    say("applied")

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = folder / "db"
    yield
    say("closed")

@coco.fn
async def main():
    target.declare("done", 1)

def handler(*_):
    raise LookupError

if "handler" in how:
    signal.signal(signal.SIGTERM, handler)
if "ignored" in how:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
app = coco.App("app", main)

def run():
    try:
        if "drop" in how:
            app.update_blocking()
            target.on_batch = apply
            app.drop_blocking()
        else:
            target.on_batch = apply
            app.update_blocking()
    except SystemExit as exit:
        say(f"exit {exit.code}")
        raise
    except LookupError:
        say("handled")
    finally:
        say(f"default {signal.getsignal(signal.SIGTERM) is signal.SIG_DFL}")

if "thread" in how:
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
else:
    run()
"""

READ = """
import pathlib, sys
import cocoindex as coco
from cocoindex.testing import RecordingTarget

target = RecordingTarget("terminated", {"done": 1})

@coco.fn
async def main():
    target.declare("done", 1)

env = coco.Environment(coco.Settings(db_path=pathlib.Path(sys.argv[1]) / "db"))
coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
print([action.key for action in target.actions])
"""


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[Any]:
    """Starts the program, up to where the sink has been called."""
    with contextlib.ExitStack() as processes:

        def begin(how: str) -> quick_python.Running:
            process = processes.enter_context(quick_python.running(["-W", "error", "-c", PROGRAM, tmp_path, how]))
            assert next_line(process) == "applying"
            return process

        yield begin


def next_line(process: quick_python.Running) -> str:
    return process.stdout.readline().strip()


def actions_of_the_next_update(folder: pathlib.Path) -> str:
    done = quick_python.run(["-c", READ, folder])
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


WAITING = "terminated: waiting for what is being applied; a second SIGTERM ends at once\n"


@pytest.mark.parametrize("how", ["update", "drop"])
def test_what_is_being_applied_is_committed_and_the_lifespan_ends(start: Any, tmp_path: pathlib.Path, how: str) -> None:
    process = start(how)
    process.terminate()
    out, err = process.communicate("go on\n", timeout=60)
    assert out.splitlines() == ["applied", "exit 143", "default True", "closed"], err
    assert (process.returncode, err.replace(WAITING, "")) == (143, "")
    if how == "update":
        assert actions_of_the_next_update(tmp_path) == "[]"


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_what_waits_is_said_after_a_second_and_another_signal_ends_it(
    start: Any, tmp_path: pathlib.Path, second: signal.Signals
) -> None:
    process = start("update stuck")
    process.terminate()
    assert process.stderr.readline() == WAITING
    process.send_signal(second)
    out, _ = process.communicate(timeout=20)
    if second is signal.SIGTERM:
        assert (process.returncode, out) == (143, "")
    else:
        assert process.returncode in (130, -signal.SIGINT)
        assert out == "default True\n"
    assert actions_of_the_next_update(tmp_path) == "['done']"


def test_a_sigterm_after_ctrl_c_ends_at_once(start: Any) -> None:
    process = start("update stuck")
    process.send_signal(signal.SIGINT)
    assert process.stderr.readline().startswith("interrupted: waiting for")
    process.terminate()
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 143


def test_a_handler_of_the_program_is_left_alone_and_what_it_raises_ends_the_update_in_order(
    start: Any, tmp_path: pathlib.Path
) -> None:
    process = start("update handler")
    process.terminate()
    out, err = process.communicate("go on\n", timeout=60)
    assert out.splitlines() == ["applied", "handled", "default False", "closed"], err
    assert process.returncode == 0
    assert actions_of_the_next_update(tmp_path) == "[]"


def test_where_it_is_ignored_it_stays_so(start: Any) -> None:
    process = start("update ignored")
    process.terminate()
    out, err = process.communicate("go on\n", timeout=60)
    assert (process.returncode, out.splitlines(), err) == (0, ["applied", "default False", "closed"], "")


def test_in_another_thread_it_does_what_it_does_by_default(start: Any) -> None:
    process = start("update thread")
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM


def test_a_forked_child_is_ended_by_it(start: Any) -> None:
    process = start("update fork")
    assert next_line(process) == str(-signal.SIGTERM)
    out, err = process.communicate("go on\n", timeout=60)
    assert (process.returncode, out.splitlines(), err) == (0, ["applied", "default True", "closed"], "")

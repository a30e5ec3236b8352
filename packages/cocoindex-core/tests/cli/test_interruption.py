"""Ctrl-C and SIGTERM end an update in order, with exit codes of their own; meanwhile nobody else may write the app."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

APP = """
import asyncio, pathlib
import cocoindex as coco

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path("app.db")
    yield
    print("stopped", flush=True)

@coco.fn
async def main():
    print("started", flush=True)
    await asyncio.Event().wait()

app = coco.App("Endless", main)
"""


@pytest.fixture
def running(shell: Shell) -> Iterator[subprocess.Popen[str]]:
    """An update that has started and does not end."""
    shell.write("app.py", APP)
    with updating(shell, "app.py") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        yield process


SIGNALS = [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]


@pytest.mark.parametrize(("signum", "code", "how"), SIGNALS)
def test_each_signal_has_an_exit_code_and_one_line(
    running: subprocess.Popen[str], signum: signal.Signals, code: int, how: str
) -> None:
    running.send_signal(signum)
    out, err = running.communicate(timeout=30)
    assert running.returncode == code
    assert out == "stopped\n"
    *waiting, last = err.splitlines()
    assert last == f"Error: {how}; what was under way is finished, and the next update goes on from there"
    assert all(line.startswith(f"{how}: waiting for") for line in waiting)


def test_a_second_process_is_told_who_writes_the_app(running: subprocess.Popen[str], shell: Shell) -> None:
    for command in ("update", "drop"):
        done = shell.run(command, "-f", "-q", "app.py")
        assert done.code == 1
        assert f"process {running.pid} on {os.uname().nodename}" in done.err
        assert done.err.count("\n") == 1


def test_a_second_process_may_look_meanwhile(running: subprocess.Popen[str], shell: Shell) -> None:
    assert shell.run("ls", "--db", "app.db").code == 0
    assert shell.run("show", "app.py").code == 0


STUCK = """
import pathlib, threading
import cocoindex as coco
from cocoindex.testing import RecordingTarget

target = RecordingTarget("stuck")

def wait_for_ever(actions):
    print("applying", flush=True)
    threading.Event().wait()

target.on_batch = wait_for_ever

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path("app.db")
    yield

@coco.fn
async def main():
    target.declare("row", 1)

app = coco.App("Stuck", main)
"""


@pytest.mark.parametrize(("first", "_", "how"), SIGNALS)
@pytest.mark.parametrize(("second", "code", "again"), SIGNALS)
def test_a_second_one_of_either_kind_ends_at_once_although_a_target_does_not_answer(
    shell: Shell, first: signal.Signals, _: int, how: str, second: signal.Signals, code: int, again: str
) -> None:
    shell.write("stuck.py", STUCK)
    with updating(shell, "stuck.py") as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "applying\n"
        process.send_signal(first)
        assert process.stderr.readline().startswith(f"{how}: waiting for what is being applied; ")
        process.send_signal(second)
        _out, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert err == f"Error: {again} twice; the next update repairs what was under way\n"


CLEANING = """
import asyncio, pathlib, threading
import cocoindex as coco

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path("app.db")
    yield
    print("cleaning", flush=True)
    threading.Event().wait()

@coco.fn
async def main():
    print("applying", flush=True)
    await asyncio.Event().wait()

app = coco.App("Stuck", main)
"""


def test_a_second_one_ends_at_once_although_the_lifespan_does_not_end(shell: Shell) -> None:
    shell.write("stuck.py", CLEANING)
    with updating(shell, "stuck.py") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "applying\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "cleaning\n"
        process.send_signal(signal.SIGTERM)
        _out, err = process.communicate(timeout=20)
    assert process.returncode == 143
    assert err == "Error: terminated twice; the next update repairs what was under way\n"


def test_a_sigterm_while_the_app_is_loaded(shell: Shell) -> None:
    shell.write("slow.py", 'import threading\nprint("loading", flush=True)\nthreading.Event().wait()\n')
    with updating(shell, "slow.py") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 143


@contextlib.contextmanager
def updating(shell: Shell, file: str) -> Iterator[subprocess.Popen[str]]:
    """An update of the app in `file`."""
    command = [str(Path(sys.executable).with_name("cocoindex")), "update", "-q", file]
    with subprocess.Popen(
        command, cwd=shell.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()

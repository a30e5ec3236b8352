"""Ctrl-C ends an update in order, with an exit code of its own; meanwhile no other process may write the app."""

from __future__ import annotations

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
    command = [str(Path(sys.executable).with_name("cocoindex")), "update", "-q", "app.py"]
    with subprocess.Popen(
        command, cwd=shell.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        yield process
        process.kill()


def test_ctrl_c_is_exit_code_130_and_one_line(running: subprocess.Popen[str]) -> None:
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert out == "stopped\n"
    assert err.startswith("Error: interrupted")
    assert err.count("\n") == 1


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


def test_a_second_ctrl_c_ends_at_once_although_a_target_does_not_answer(shell: Shell) -> None:
    shell.write("stuck.py", STUCK)
    command = [str(Path(sys.executable).with_name("cocoindex")), "update", "-q", "stuck.py"]
    with subprocess.Popen(
        command, cwd=shell.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "applying\n"
        process.send_signal(signal.SIGINT)
        assert "Ctrl-C again ends at once" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err == "Error: interrupted twice; the next update repairs what was under way\n"

"""Output that nobody reads any more, as behind `| head -1`, ends a command that only prints, without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def run_with_closed_output(shell: Shell, *args: str) -> tuple[int, bytes]:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("cocoindex")), *args],
        cwd=shell.folder,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "args", [["show", "app.py"], ["show", "app.py", "-l"], ["show", "app.py", "--tree"], ["ls", "app.py"], ["plugins"]]
)
def test_what_only_prints_ends_without_a_word(shell: Shell, app: Callable[[str], None], args: list[str]) -> None:
    shell.run("update", "-q", "app.py")
    assert run_with_closed_output(shell, *args) == (1, b"")


BREAKS = """
import cocoindex as coco

def main():
    raise BrokenPipeError("the server hung up")

app = coco.App("A", main)
"""


def test_a_broken_pipe_of_the_app_itself_is_reported(shell: Shell) -> None:
    shell.write("breaks.py", BREAKS)
    done = shell.run("update", "breaks.py", COCOINDEX_DB="app.db")
    assert done.code == 1
    assert "BrokenPipeError: the server hung up" in done.err.splitlines()[-1]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is full is played by /dev/full of Linux")
@pytest.mark.parametrize("args", [["ls", "app.py"], ["update", "app.py"]])
def test_a_full_disk_under_the_output_is_told(shell: Shell, app: Callable[[str], None], args: list[str]) -> None:
    shell.run("update", "-q", "app.py")
    with open("/dev/full", "w") as full:
        command = [str(Path(sys.executable).with_name("cocoindex")), *args]
        done = subprocess.run(command, cwd=shell.folder, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"Error: the output cannot be written: No space left on device\n"

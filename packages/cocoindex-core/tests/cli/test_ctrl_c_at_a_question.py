"""Ctrl-C at a question of the command ends it, with nothing done and an exit code that says so."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def ended_by_ctrl_c(process: subprocess.Popen[bytes]) -> int:
    """Press Ctrl-C until the process ends: Python misses one that comes just before it begins to read."""
    for _ in range(10):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(5)
    raise AssertionError("it goes on")


@pytest.mark.parametrize("command", [["drop", "app.py"], ["update", "--reset", "app.py"]])
def test_nothing_is_dropped(shell: Shell, app: Callable[[str], None], command: list[str]) -> None:
    shell.run("update", "-q", "app.py")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [str(Path(sys.executable).with_name("cocoindex")), *command],
        cwd=shell.folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        printed = b""
        while b"Type 'yes' to" not in printed:
            printed += os.read(ours, 4096)
        try:
            assert ended_by_ctrl_c(process) == 1
        finally:
            process.kill()
            os.close(ours)
    assert shell.made() == ["one", "two"]

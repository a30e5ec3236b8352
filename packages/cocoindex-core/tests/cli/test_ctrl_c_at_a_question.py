"""Ctrl-C or SIGTERM at a question of the command ends it, with nothing done and an exit code that says so."""

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


def ended_by(signum: signal.Signals, process: subprocess.Popen[bytes]) -> int:
    """Send it until the process ends: Python misses one that comes just before it begins to read."""
    for _ in range(10):
        process.send_signal(signum)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(5)
    raise AssertionError("it goes on")


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", [["drop", "app.py"], ["update", "--reset", "app.py"]])
def test_nothing_is_dropped(
    shell: Shell, app: Callable[[str], None], command: list[str], signum: signal.Signals, code: int
) -> None:
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
            assert ended_by(signum, process) == code
        finally:
            process.kill()
            os.close(ours)
    assert shell.made() == ["one", "two"]

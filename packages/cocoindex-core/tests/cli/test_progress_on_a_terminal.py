"""On a terminal the numbers of an update stand in a table; elsewhere in plain lines, and rich is not imported."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def on_a_terminal(shell: Shell, *args: str) -> list[list[str]]:
    """Run the command on a terminal; return the words of each line that it printed, without control codes."""
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).with_name("cocoindex")), *args]
    environment = {**os.environ, "COLUMNS": "120", "TERM": "xterm"}
    process = subprocess.Popen(command, cwd=shell.folder, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    printed = b""
    while chunk := read(ours):
        printed += chunk
    os.close(ours)
    assert process.wait(timeout=30) == 0, printed
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed.decode())
    return [line.split() for line in text.replace("\r", "\n").splitlines() if line.strip()]


def read(terminal: int) -> bytes:
    """What is printed next; nothing at the end."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that nobody has the other end any more
        return b""


def test_the_last_table_has_the_final_numbers(shell: Shell, app: Callable[[str], None]) -> None:
    lines = on_a_terminal(shell, "update", "app.py")
    assert ["done", "added", "reprocessed", "unchanged", "deleted", "failed", "in", "progress"] in lines
    assert ["keep", "2/2", "2"] in lines
    assert lines[-1] == ["total", "3/3", "3"]


def test_a_drop_has_one_too(shell: Shell, app: Callable[[str], None]) -> None:
    shell.run("update", "-q", "app.py")
    lines = on_a_terminal(shell, "drop", "-f", "app.py")
    assert ["keep", "2/2", "2"] in lines
    assert lines[-1][:3] == ["Dropped", "app", "'Names'"]


def test_quiet_prints_nothing_there_either(shell: Shell, app: Callable[[str], None]) -> None:
    assert on_a_terminal(shell, "update", "-q", "app.py") == []


def test_elsewhere_rich_is_not_imported(shell: Shell, app: Callable[[str], None]) -> None:
    shell.write("app.py", (shell.folder / "app.py").read_text() + "import atexit, sys\natexit.register(check)\n")
    code = "def check():\n    assert not [name for name in sys.modules if name.partition('.')[0] == 'rich']\n"
    shell.write("app.py", code + (shell.folder / "app.py").read_text())
    done = shell.run("update", "app.py", anew=True)
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out

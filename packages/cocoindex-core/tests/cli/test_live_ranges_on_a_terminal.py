"""On a terminal, a live update shows a row for each live range; the cursor is there again however it ends."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .live_update import APP

if TYPE_CHECKING:
    from .conftest import Shell

HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


class Terminal:
    """A live update on a terminal of its own."""

    def __init__(self, shell: Shell) -> None:
        shell.write("live.py", APP)
        self._ours, theirs = pty.openpty()
        command = [str(Path(sys.executable).with_name("cocoindex")), "update", "-L", "live.py"]
        environment = {**os.environ, "COLUMNS": "150", "TERM": "xterm"}
        self.process = subprocess.Popen(
            command, cwd=shell.folder, stdin=subprocess.PIPE, stdout=theirs, stderr=theirs, env=environment, text=True
        )
        os.close(theirs)
        self.printed = ""

    def shows(self, pattern: str) -> re.Match[str]:
        """Read on until it shows this."""
        while (found := re.search(pattern, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.printed))) is None:
            self.printed += os.read(self._ours, 1 << 16).decode()
        return found

    def end(self) -> str:
        """The rest, once it has ended."""
        try:
            while chunk := os.read(self._ours, 1 << 16):
                self.printed += chunk.decode()
        except OSError:  # how Linux says that nobody has the other end any more
            pass
        os.close(self._ours)
        self.process.communicate(timeout=30)
        return self.printed


def test_a_row_for_each_range(shell: Shell) -> None:
    terminal = Terminal(shell)
    try:
        terminal.shows(r"live +ready since +in the last minute +waiting +lag +failed +retries +restarts +rescanned")
        terminal.shows(r"/@keep +\d\d:\d\d:\d\d +1 ")
        assert terminal.process.stdin is not None
        terminal.process.stdin.write("+one\n+two\n+bad\n")
        terminal.process.stdin.flush()
        terminal.shows(r"/@keep +\d\d:\d\d:\d\d +3 +1 ")
        terminal.shows(r'Error: /@keep/"bad" \(keep\): ValueError: bad')
    finally:
        terminal.process.send_signal(signal.SIGTERM)
        terminal.end()
    assert terminal.process.returncode == 143
    assert terminal.printed.count(SHOWN) == terminal.printed.count(HIDDEN) == 1


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_the_cursor_is_there_again_after_a_second_signal(shell: Shell, signum: signal.Signals) -> None:
    terminal = Terminal(shell)
    try:
        terminal.shows(r"/@keep +\d\d:\d\d:\d\d +1 ")
        assert terminal.process.stdin is not None
        terminal.process.stdin.write("+slow\n")
        terminal.process.stdin.flush()
        terminal.shows("applying")
        terminal.process.send_signal(signum)
        terminal.shows("waiting for what is being applied")
        terminal.process.send_signal(signum)
    finally:
        terminal.end()
    assert terminal.process.returncode == 128 + signum
    assert terminal.printed.rindex(SHOWN) > terminal.printed.rindex(HIDDEN)

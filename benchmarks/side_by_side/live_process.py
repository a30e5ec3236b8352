"""A live program that runs beside the driver, and the lines that it prints: name, value and when, in nanoseconds."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

# After so many seconds without a line that is waited for, the program is held to be stuck.
PATIENCE = 180


class Told(NamedTuple):
    """One line that the program printed."""

    name: str
    value: str
    at: int


class LiveProcess:
    """Runs a program until the block is left.

    Args:
        command: the Python and the program with its arguments.
        place: where its store is made.
    """

    def __init__(self, command: list[str], place: Path) -> None:
        self._command = command
        self._place = place
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> LiveProcess:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COCOINDEX_", "PYTHON"))}
        kept |= {"COCOINDEX_DB": str(self._place / "store"), "COCOINDEX_DISABLE_USAGE_TRACKING": "1"}
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command, cwd=self._place, env=kept, stdout=subprocess.PIPE, stderr=self._errors
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Not every implementation ends by a signal that can be handled.
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()

    def next(self) -> Told:
        """Return the next line; stop the benchmark where none comes."""
        try:
            line = self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            line = b""
        if not line:
            self._errors.seek(0)
            text = self._errors.read().decode(errors="replace")
            sys.exit(f"{' '.join(self._command)} told nothing for {PATIENCE} s, or has ended:\n{text[-4000:]}")
        name, value, at = line.decode().rstrip("\n").split("\t")
        return Told(name, value, int(at))

    def until(self, name: str, value: str | None = None) -> Told:
        """Skip lines up to the one of this name (and value) and return it."""
        while True:
            told = self.next()
            if told.name == name and value in (None, told.value):
                return told

    def collect(self, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Read until each pair of name and value in `wanted` was told; return when each was, the first time."""
        found: dict[tuple[str, str], int] = {}
        while len(found) < len(wanted):
            told = self.next()
            if (told.name, told.value) in wanted:
                found.setdefault((told.name, told.value), told.at)
        return found

    def quiet(self, seconds: float) -> None:
        """Wait until nothing was told for so long."""
        while True:
            time.sleep(seconds)
            if self._lines.empty():
                return
            while not self._lines.empty():
                self._lines.get()

    def cpu_seconds(self) -> float:
        """Return the CPU that the process has used, all threads together."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

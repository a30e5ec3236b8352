"""Runs one measured process and says what it cost.

This module and those beside it import little: the peak of a child that is started by `vfork` is never below the
memory that its parent had then.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


class Cost(NamedTuple):
    """CPU and wall seconds, peak resident bytes and bytes allocated to the store afterwards."""

    cpu: float
    wall: float
    peak: int
    store: int


class Finished(NamedTuple):
    """A process that ended well: what it cost and the last line that it printed."""

    cost: Cost
    last_line: str


def run_process(command: list[str], store: Path, folder: Path) -> Finished:
    """Run `command` in `folder` on the store at `store` and return its cost; stop the benchmark if it fails."""
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(store), stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace").strip()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{text}")
    cost = Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * PEAK_UNIT, allocated_bytes(store))
    return Finished(cost, text.rpartition("\n")[2])


def allocated_bytes(folder: Path) -> int:
    """Return the bytes of disk that the files below `folder` take; a sparse file counts what it really has."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def _environment(store: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COCOINDEX_", "PYTHON"))}
    return {**kept, "COCOINDEX_DB": str(store), "COCOINDEX_DISABLE_USAGE_TRACKING": "1"}

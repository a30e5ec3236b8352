"""The benchmark of runners runs, and prints its tables."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "runners.py"


def test_it_prints_a_line_for_each_runner() -> None:
    ran = subprocess.run([sys.executable, str(PROGRAM), "--calls", "100"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("| ProcessRunner") == 3

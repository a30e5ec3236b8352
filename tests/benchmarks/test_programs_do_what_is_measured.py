"""Each benchmark program does in each phase just what the phase is for; the benchmark itself checks what they count."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[2] / "benchmarks" / "run.py"


@pytest.mark.parametrize("kind", ["flat", "nested", "calls", "batched", "folder", "import", "growth"])
def test_a_small_run_of_ours_alone_succeeds(kind: str, tmp_path: Path) -> None:
    arguments = ["--quick", "--sizes", "100", "--only", kind, "--work-dir", str(tmp_path), "--markdown"]

    done = subprocess.run([sys.executable, str(RUN), *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n| ") >= 3
    assert list(tmp_path.iterdir()) == []

"""The benchmark of live mode measures what it says, on this project alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LIVE = Path(__file__).resolve().parents[2] / "benchmarks" / "live.py"


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
@pytest.mark.parametrize(("kind", "rows"), [("latency", 2), ("burst", 2), ("idle", 1), ("memory", 2), ("beside", 2)])
def test_a_small_run_of_ours_alone_succeeds(kind: str, rows: int, tmp_path: Path) -> None:
    arguments = ["--quick", "--only", kind, "--work-dir", str(tmp_path), "--markdown"]

    done = subprocess.run([sys.executable, str(LIVE), *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n| ") == rows + 2
    assert list(tmp_path.iterdir()) == []

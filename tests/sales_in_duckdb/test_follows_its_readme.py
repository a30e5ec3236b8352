"""The example does what its README.md says, with the commands that it gives."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/sales_in_duckdb"
README = (EXAMPLE / "README.md").read_text()
UPDATE = "python examples/sales_in_duckdb/main.py"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables by which the example reads a copy of its files, and keeps its state elsewhere."""
    shutil.copytree(EXAMPLE / "sales", tmp_path / "sales")
    return {**os.environ, "SALES_FOLDER": str(tmp_path / "sales"), "SALES_STATE": str(tmp_path / "state")}


def run(command: str, environment: dict[str, str]) -> tuple[str, str]:
    """Run one of the README's commands; return what it printed, and what it complained of."""
    assert command in README
    program, *arguments = shlex.split(command)
    starts = [sys.executable] if program == "python" else [str(Path(sys.executable).with_name(program))]
    done = subprocess.run([*starts, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


def test_the_totals_follow_the_files(environment: dict[str, str], tmp_path: Path) -> None:
    report, complaints = run(UPDATE, environment)
    assert "2 added" in report and complaints == ""
    totals = report[report.index("kettle") :]
    assert totals in README
    report, _ = run(UPDATE, environment)
    assert "2 unchanged" in report and report.endswith(totals)
    with (tmp_path / "sales/2025-02.csv").open("a") as file:
        file.write("1006,2025-02-20T09:00:00+01:00,cup,many,4.25\n")
    report, complaints = run(UPDATE, environment)
    assert "1 FAILED" in report and "2025-02.csv" in complaints and report.endswith(totals)
    (tmp_path / "sales/2025-02.csv").unlink()
    report, _ = run(UPDATE, environment)
    assert "1 deleted" in report and "teapot         2      49.00\n" in report and "cup" not in report
    run("cocoindex drop -f examples/sales_in_duckdb/main.py", environment)

"""Ctrl-C and SIGTERM end the matrix as failed: it prints what ran, and leaves no processes and no environments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_repository import Repository

pytestmark = pytest.mark.distributions

ROOT = Path(__file__).resolve().parents[2]
# Imported in a second environment, it goes on until it is ended, and what it started would even then.
WAITS = """
import os, pathlib, subprocess, sys, time
told = pathlib.Path(os.environ["TOLD"])
first = told.with_name("first")
if not first.exists():
    first.write_text(sys.prefix)
if first.read_text() != sys.prefix:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True)
    told.with_suffix(".part").write_text(f"{os.getpid()} {child.pid}")
    told.with_suffix(".part").rename(told)
    time.sleep(3600)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_by_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    repository = Repository(tmp_path / "repository")
    repository.write("packages/cocoindex-ops/src/cocoindex/ops/words/__init__.py", WAITS)
    (tmp_path / "temporary").mkdir()
    told = tmp_path / "told"
    own = {"TOLD": str(told), "TMPDIR": str(tmp_path / "temporary"), "PYTHONPATH": str(ROOT)}
    selection = ("kind=install", "what=cocoindex-ops", "origin=wheel", "installer=uv")
    matrix = subprocess.Popen(
        [sys.executable, "-m", "matrix", *selection, "python={}.{}".format(*sys.version_info)],
        cwd=repository.root,
        env=os.environ | own | {"COCOINDEX_MATRIX_JOBS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not told.exists() and matrix.poll() is None:
        time.sleep(0.01)
    matrix.send_signal(number)
    said, _ = matrix.communicate()
    assert matrix.returncode == 1, said
    assert "2 cells: 1 passed, 1 skipped\n" in said
    assert "matrix: stopped before its end" in said
    assert [pid for pid in told.read_text().split() if Path("/proc", pid, "exe").exists()] == []
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (repository.root / "docs").exists()

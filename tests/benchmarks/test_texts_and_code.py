"""The benchmarks of the splitter and of patterns run; a side that is compared with itself finds no difference."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("class A(B):\n    def f(self):\n        return open('x')\n\n\n" * 1_000)
    (tmp_path / "b.md").write_text("# B\n\nA paragraph of words.\n" * 4_000)
    (tmp_path / "c.txt").write_text("Some words. And more of them.\n" * 4_000)
    return tmp_path


def run(program: str, *arguments: object) -> str:
    command = [sys.executable, str(BENCHMARKS / program), *map(str, arguments), "--rounds", "1"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_code_matching(texts: Path) -> None:
    printed = run("code_matching.py", "--files", 1, "--root", texts)
    assert "1 files" in printed and "other matches" not in printed
    [line] = [line for line in printed.splitlines() if line.startswith("class ")]
    assert line.split()[-2:] == ["1000", "1000"]


def test_text_splitting(texts: Path) -> None:
    printed = run("text_splitting.py", "--megabytes", 0.05, "--root", texts)
    for kind in ("markdown", "python", "plain text"):
        assert printed.count(f"\n{kind} ") == 2
    assert "lost 0 B" in printed

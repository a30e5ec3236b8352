"""The example does what its README.md says, with the commands that it gives, on a folder of code that changes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "examples/code_index/README.md").read_text()
UPDATE = "python examples/code_index/main.py"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables by which the example looks at a small folder, and keeps its state elsewhere."""
    code = tmp_path / "code"
    code.mkdir()
    (code / "a.py").write_text("class RecursiveSplitter(Base):\n    def split(self, text): return mount_each(text)\n")
    (code / "b c.js").write_text("function mount_each(x) { return new RecursiveSplitter(x); }\n")
    (code / "notes.txt").write_text("def mount_each(): pass\n")
    return {**os.environ, "CODE_INDEX_FOLDER": str(code), "CODE_INDEX_STATE": str(tmp_path / "state")}


def run(command: str, environment: dict[str, str]) -> str:
    """Run one of the README's commands; return what it printed."""
    assert command in README
    program, *arguments = shlex.split(command)
    assert program in ("python", "cocoindex")
    starts = [sys.executable] if program == "python" else [str(Path(sys.executable).with_name(program))]
    done = subprocess.run([*starts, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_table_follows_the_code(environment: dict[str, str], tmp_path: Path) -> None:
    first = run(UPDATE, environment)
    assert "2 added" in first
    assert "mount_each: 1 defined, 1 called\nb c.js:1  function mount_each(x)" in first
    again = run(f"{UPDATE} RecursiveSplitter", environment)
    assert "2 unchanged" in again and "RecursiveSplitter: 1 defined" in again
    assert "a.py:1  class RecursiveSplitter" in again
    (tmp_path / "code/b c.js").unlink()
    assert "mount_each: 0 defined, 1 called" in run(UPDATE, environment)
    run("cocoindex drop -f examples/code_index/main.py", environment)


def test_this_repository(environment: dict[str, str]) -> None:
    del environment["CODE_INDEX_FOLDER"]
    found = run(f"{UPDATE} RecursiveSplitter", environment)
    assert "cocoindex-ops/src/cocoindex/ops/text/_recursive.py" in found

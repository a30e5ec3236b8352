"""The small app of README.md does what README.md says, with the commands that it gives."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the app and two notes."""
    code = re.search(r"```python\n(# shout\.py\n.*?)```", README.read_text(), re.DOTALL)
    assert code is not None
    (tmp_path / "shout.py").write_text(code[1])
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "one.txt").write_text("one")
    (tmp_path / "notes" / "two.txt").write_text("two")
    (tmp_path / "notes" / "other.md").write_text("other")
    return tmp_path


def run(folder: Path, command: str, *options: str) -> str:
    """Run the command that README.md gives, with more options; return what it printed."""
    line = f"cocoindex {command} shout.py"
    assert re.search(rf"^{line}\s+#", README.read_text(), re.MULTILINE)
    script = Path(sys.executable).with_name("cocoindex")
    args = [str(script), *line.split()[1:], *options]
    done = subprocess.run(args, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def shouted(folder: Path) -> dict[str, str]:
    """What the app made."""
    return {file.name: file.read_text() for file in (folder / "shouted").glob("*")}


def test_update_follows_the_source_and_drop_removes_all(folder: Path) -> None:
    assert "2 added" in run(folder, "update")
    assert shouted(folder) == {"one.txt": "ONE", "two.txt": "TWO"}
    (folder / "notes" / "one.txt").write_text("one, changed")
    (folder / "notes" / "two.txt").unlink()
    (folder / "notes" / "three.txt").write_text("three")
    run(folder, "update")
    assert shouted(folder) == {"one.txt": "ONE, CHANGED", "three.txt": "THREE"}
    assert "2 unchanged" in run(folder, "update")
    assert "three.txt" in run(folder, "show")
    run(folder, "drop", "--force")
    assert shouted(folder) == {}
    assert "app.update_blocking()" in README.read_text()

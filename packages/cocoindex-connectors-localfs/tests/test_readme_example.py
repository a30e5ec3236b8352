"""The program in the README does what it shows."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_it_runs(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
    (tmp_path / "texts/d").mkdir(parents=True)
    (tmp_path / "texts/d/a.txt").write_text("hello")
    (tmp_path / "texts/b.md").write_text("not this")
    command = [sys.executable, "-W", "error", "-c", program + "\napp.update_blocking()\n"]
    subprocess.run(command, cwd=tmp_path, check=True)
    written = [path.relative_to(tmp_path).as_posix() for path in (tmp_path / "shouted").rglob("*.*")]
    assert written == ["shouted/d/a.txt"]
    assert (tmp_path / "shouted/d/a.txt").read_text() == "HELLO"

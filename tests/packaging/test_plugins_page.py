"""docs/plugins.md: its commands work as written, and what it quotes is in the example that it explains."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built

pytestmark = pytest.mark.distributions

ROOT = Path(__file__).resolve().parents[2]
ACME = ROOT / "tests" / "third_party" / "acme-cocoindex-connector"


def blocks(language: str) -> list[str]:
    """The code blocks of the page in one language."""
    page = (ROOT / "docs" / "plugins.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_what_it_quotes_is_in_the_example() -> None:
    project = (ACME / "pyproject.toml").read_text()
    for quoted in blocks("toml"):
        assert all(line in project.splitlines() for line in quoted.splitlines())
    interface, stand_in, _ = blocks("python")
    assert interface in (ACME / "src" / "acme_cocoindex" / "__init__.py").read_text()
    assert stand_in in (ACME / "src" / "cocoindex" / "connectors" / "acme.py").read_text()


def test_its_commands_work(clone: Path, built: dict[str, Built]) -> None:
    venv = clone / ".venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    wheels = [built[name].wheel for name in built if not name.endswith("ops")]
    pip: list[str | Path] = [venv / "bin" / "python", "-m", "pip", "install", "-q"]
    subprocess.run([*pip, "build", *wheels], check=True)
    script = "set -euo pipefail\n" + "".join(blocks("sh"))
    shell = ["env", f"PATH={venv / 'bin'}:/usr/bin:/bin", "bash", "-c", script]
    done = subprocess.run(shell, cwd=clone, stdout=subprocess.PIPE, text=True, check=True)
    shown = [line.split() for line in done.stdout.splitlines()]
    [listed] = blocks("text")
    for line in listed.splitlines():
        assert line.split() in shown
    program = subprocess.run(
        [venv / "bin" / "python", "-W", "error", "-c", blocks("python")[2]],
        cwd=clone,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "acme acme-cocoindex-connector 2.3.0 acme_cocoindex\n" in program.stdout

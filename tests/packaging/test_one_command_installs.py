"""The commands of README.md that install everything from a fresh clone, editable and as wheels, work as written."""

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


def install_commands() -> dict[str, str]:
    """The two commands, by how they install."""
    lines = re.findall(r"^(?:pip|python -m pip) install .*packages/[*].*$", (ROOT / "README.md").read_text(), re.M)
    return {"editable" if "-e " in line else "wheels": line for line in lines}


@pytest.mark.parametrize("how", ["editable", "wheels"])
def test_everything_imports_after_it(how: str, clone: Path, built: dict[str, Built]) -> None:
    venv = clone / ".venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    path = f"{venv / 'bin'}:/usr/bin:/bin"
    command = f"PATH={path} {install_commands()[how].replace('pip install', 'pip install -q', 1)}"
    # What pip prints tells why it failed.
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=clone, check=True)
    modules = [module for package in built.values() for module in package.modules()]
    code = "import importlib, sys\nfor module in sys.argv[1:]: print(importlib.import_module(module).__file__)"
    python = (venv / "bin" / "python", "-W", "error", "-c", code)
    files = subprocess.run([*python, *modules], cwd="/", capture_output=True, text=True, check=True).stdout.split()
    assert {str(clone / "packages") in file and str(venv) not in file for file in files} == {how == "editable"}

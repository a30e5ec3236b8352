"""The wheel of a release beside the other distributions as they were last released."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from release.build import build_wheel
from release.clone import Clone
from release.contents import modules_of
from release.distributions import Distribution
from release.problem import Problem

_IMPORT = "import importlib, sys\nfor module in sys.argv[1:]: importlib.import_module(module)"


@dataclass(frozen=True)
class Other:
    """Another distribution: its wheel, and where that comes from."""

    name: str
    wheel: Path
    origin: str


def build_others(clone: Clone, present: dict[str, Distribution], name: str, folder: Path) -> list[Other]:
    """Build the others from their last tags; one that was never released, from the last commit."""
    others = []
    for other in present.values():
        if other.name != name:
            tag = clone.last_tag(other.name)
            wheel = build_wheel(clone, other.name, tag or "HEAD", folder)
            others.append(Other(other.name, wheel, f"as released, {tag}" if tag else "never released: this commit"))
    return others


def install_together(wheel: Path, others: list[Other]) -> None:
    """Install a wheel and the others into a new environment, have uv check it, and import all modules of the wheel.

    Raises:
        Problem: that fails; what uv or Python said was printed.
    """
    with TemporaryDirectory() as place:
        python = Path(place, "env", "bin", "python")
        uv = [sys.executable, "-m", "uv"]
        _run([*uv, "venv", "-q", "--python", sys.executable, str(python.parents[1])], "no environment can be made")
        wheels = [str(wheel), *(str(other.wheel) for other in others)]
        refused = f"{wheel.name} cannot be installed beside the others"
        _run([*uv, "pip", "install", "-q", "--python", str(python), *wheels], refused)
        _run([*uv, "pip", "check", "-q", "--python", str(python)], refused)
        command = [str(python), "-I", "-W", "error", "-c", _IMPORT, *modules_of(wheel)]
        _run(command, f"{wheel.name} cannot be imported beside the others")


def _run(command: list[str], otherwise: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise Problem(f"{otherwise}: see above")

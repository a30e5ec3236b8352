"""The Pythons of the matrix: those that the core supports, and the next one and free-threaded ones, where they are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_FIRST_FREE_THREADED = 13
_ASK = "import platform; print(platform.python_version())"


def further_pythons(supported: Sequence[str]) -> list[str]:
    """Return what is tried beside the supported ones: the next minor version, and free-threaded ones (`3.14t`)."""
    minors = [int(version.partition(".")[2]) for version in supported]
    following = max(minors) + 1
    free_threaded = [minor for minor in [*minors, following] if minor >= _FIRST_FREE_THREADED]
    return [f"3.{following}", *(f"3.{minor}t" for minor in free_threaded)]


def find_python(version: str) -> Path | None:
    """Return the interpreter of a version, on the path or among pyenv's; a shim itself does not count."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders.append(Path(sys.base_prefix, "bin"))
    folders.extend(sorted(pyenv.glob(f"versions/{version.rstrip('t')}.*/bin")))
    candidates = [folder / f"python{version}" for folder in folders if folder != pyenv / "shims"]
    return next((each for each in candidates if each.is_file() and full_version(each) is not None), None)


def full_version(python: Path) -> str | None:
    """Return `3.12.1`; None where it does not run."""
    try:
        done = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None

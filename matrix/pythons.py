"""The Pythons that are here: of all sessions those that the core supports; of the matrix also the next one, and others.

`noxfile.py` imports it, too, so it needs nothing that is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_FIRST_FREE_THREADED = 13
# A Python that has not answered by then does not run.
SECONDS_TO_ANSWER = 30.0
_ASK = "import platform, sysconfig; print(platform.python_version(), sysconfig.get_config_var('Py_GIL_DISABLED') or 0)"


def further_pythons(supported: Sequence[str]) -> list[str]:
    """Return what is tried beside the supported ones: the next minor version, and free-threaded ones (`3.14t`)."""
    minors = [int(version.partition(".")[2]) for version in supported]
    following = max(minors) + 1
    free_threaded = [minor for minor in [*minors, following] if minor >= _FIRST_FREE_THREADED]
    return [f"3.{following}", *(f"3.{minor}t" for minor in free_threaded)]


def search_path() -> list[Path]:
    """Return the folders of the path, of the system's default where there is none, but for pyenv's shims."""
    folders = [Path(folder) for folder in (os.environ.get("PATH") or os.defpath).split(os.pathsep) if folder]
    return [folder for folder in folders if folder != _pyenv() / "shims"]


def find_python(version: str) -> Path | None:
    """Return the interpreter of a version, on the path, beside the one that runs this, or among pyenv's.

    A shim itself does not count, nor does what has the name of this version and is another one.
    """
    folders = [*search_path(), Path(sys.base_prefix, "bin")]
    folders.extend(sorted(_pyenv().glob(f"versions/{version.rstrip('t')}.*/bin")))
    candidates = [folder / f"python{version}" for folder in folders]
    return next((each for each in candidates if each.is_file() and _is(each, version)), None)


def _pyenv() -> Path:
    # Without a home, as that of a user whom only a number names, it stays `~`.
    return Path(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"))


def full_version(python: Path) -> str | None:
    """Return `3.12.1`; None where it does not run."""
    asked = _asked(python)
    return asked[0] if asked else None


def _is(python: Path, version: str) -> bool:
    asked = _asked(python)
    if not asked:
        return False
    whole, free_threaded = asked
    return whole.startswith(f"{version.rstrip('t')}.") and (free_threaded == "1") == version.endswith("t")


def _asked(python: Path) -> list[str]:
    """Return the version, and `1` where it is free-threaded; nothing where it does not run."""
    try:
        done = subprocess.run(
            [python, "-I", "-c", _ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_TO_ANSWER,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    words = done.stdout.split()
    return words if done.returncode == 0 and len(words) == 2 else []

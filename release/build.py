"""Builds of a distribution from a commit: by hatch as they are released, and quick wheels to install beside others."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from release.clone import Clone
from release.problem import Problem

# What a second build has different: nothing of it may be in the files.
_FIRST = ({"TZ": "UTC", "PYTHONHASHSEED": "1"}, 0o022)
_SECOND = ({"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "2"}, 0o077)
# They would have hatch install into the environment that it runs in.
_OF_THIS_ENVIRONMENT = ("UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Built:
    """The two files of a release."""

    sdist: Path
    wheel: Path

    def files(self) -> tuple[Path, Path]:
        """Return both."""
        return self.sdist, self.wheel


def build_twice(clone: Clone, name: str, folder: Path) -> Built:
    """Build what the last commit has by `hatch build`, in two places; return the first, which is in `folder`.

    Raises:
        Problem: a build failed, or the two differ.
    """
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        first = _hatch(clone, name, Path(one), *_FIRST)
        second = _hatch(clone, name, Path(two), *_SECOND)
        for mine, other in zip(first.files(), second.files(), strict=True):
            if mine.name != other.name or mine.read_bytes() != other.read_bytes():
                raise Problem(f"two builds of {name} differ: {mine.name} has other bytes the second time")
        folder.mkdir(parents=True, exist_ok=True)
        kept = [folder / file.name for file in first.files()]
        for file, place in zip(first.files(), kept, strict=True):
            place.write_bytes(file.read_bytes())
    return Built(*kept)


def build_wheel(clone: Clone, name: str, revision: str, folder: Path) -> Path:
    """Build the wheel of a distribution as it was at a commit or tag; needs hatchling beside this Python.

    Raises:
        Problem: it cannot be built.
    """
    with TemporaryDirectory() as place:
        source = clone.export(revision, f"packages/{name}", Path(place))
        return wheel_of(source, folder)


def wheel_of(source: Path, folder: Path) -> Path:
    """Build the wheel of a folder with a pyproject file.

    Raises:
        Problem: it cannot be built.
    """
    with TemporaryDirectory() as place:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place]
        _run(command, source, os.environ.copy())
        wheel = _only(Path(place), "*.whl")
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / wheel.name
        kept.write_bytes(wheel.read_bytes())
        return kept


def digest(file: Path) -> str:
    """Return the SHA-256 of a file as an index shows it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _hatch(clone: Clone, name: str, place: Path, variables: dict[str, str], mask: int) -> Built:
    source = clone.export("HEAD", f"packages/{name}", place)
    # Hatch keeps an environment for each path that it builds at: this one goes with it.
    mine = {"SOURCE_DATE_EPOCH": str(clone.time_of()), "HATCH_DATA_DIR": str(place / "hatch")}
    env = {name: value for name, value in os.environ.items() if name not in _OF_THIS_ENVIRONMENT} | variables | mine
    out = place / "out"
    _run([sys.executable, "-m", "hatch", "--no-color", "build", str(out)], source, env, mask)
    return Built(_only(out, "*.tar.gz"), _only(out, "*.whl"))


def _run(command: list[str], folder: Path, env: dict[str, str], mask: int = 0o022) -> None:
    done = subprocess.run(command, cwd=folder, env=env, umask=mask, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise Problem(f"{folder.name} cannot be built: {command[2]} ended with exit code {done.returncode}, see above")


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise Problem(f"the build made {len(found)} files {pattern}, not one")
    return found[0]

"""Versions of what the distributions need, found out by uv for one Python, and a folder with their wheels for pip.

pip spends most of its time on reading pages of the index. What uv has found it takes from the folder in seconds.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from packaging.version import Version

from matrix.cells import OLDEST
from matrix.environment import last_line
from matrix.outcome import Ended, Outcome

_RESOLUTIONS = {OLDEST: "lowest-direct"}
_SECONDS = 120.0


@dataclass(frozen=True)
class Locked:
    """A version of each thing that is needed, and where its wheels for this Python are."""

    versions: dict[str, Version]
    urls: tuple[str, ...]


def lock(needs: Iterable[Requirement], interpreter: Path, deps: str) -> Locked:
    """Return the oldest or newest version of each thing that is needed, and newest versions of what these need.

    Nothing is compiled for it: where the oldest has no wheel for this Python, uv takes the next; `too_low` tells.

    Raises:
        Ended: there is no solution, or the index does not answer.
    """
    lines = "\n".join(sorted({str(need) for need in needs}))
    resolution = _RESOLUTIONS.get(deps, "highest")
    command = [sys.executable, "-m", "uv", "pip", "compile", "-q", "-", "--format", "pylock.toml", "--no-header"]
    more = ["--no-build", "--resolution", resolution, "--python", str(interpreter)]
    done = subprocess.run([*command, *more], input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Ended(Outcome.FAILED, f"no {deps} dependencies: {last_line(done.stderr)}", done.stderr)
    packages = tomllib.loads(done.stdout).get("packages", [])
    wheels = [wheel for package in packages for wheel in package.get("wheels", [])]
    return Locked(
        {package["name"]: Version(package["version"]) for package in packages},
        tuple(wheel.get("url") or Path(wheel["path"]).resolve().as_uri() for wheel in wheels),
    )


def fetch(urls: Iterable[str], files: Path, folder: Path) -> Path:
    """Write wheels into `folder`; each is fetched once into `files`.

    Raises:
        Ended: one cannot be had.
    """
    files.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with ThreadPoolExecutor(max_workers=8) as pool:
            for file in pool.map(lambda url: _fetched(url, files), urls):
                (folder / file.name).hardlink_to(file)
    except OSError as error:
        raise Ended(Outcome.FAILED, f"a wheel cannot be fetched: {error}") from error
    return folder


def _fetched(url: str, files: Path) -> Path:
    file = files / unquote(Path(urlsplit(url).path).name)
    if not file.exists():
        part = file.with_suffix(".part")
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
            part.write_bytes(answer.read())
        part.rename(file)
    return file

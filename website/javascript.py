"""Fetch the scripts of the site: what draws the diagrams, and what lets the search work without a server.

They come from the npm registry, in the versions and with the contents that are written here. The site serves them
itself, so that no page asks another host.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mkdocs.exceptions import PluginError

# For all that npm tries to fetch one script.
SECONDS_TO_ANSWER = 120.0


@dataclass(frozen=True)
class Script:
    """A script of an npm package.

    Args:
        package: the package and its version, as npm takes them.
        member: the script's path in the package.
        sha256: of its content.
        name: what the site calls it.
    """

    package: str
    member: str
    sha256: str
    name: str


SCRIPTS = (
    Script(
        "mermaid@11.17.2",
        "package/dist/mermaid.min.js",
        "581ed7d74bd9048d0e3a91363927d72ef22942d7722546b27f7cc29e35390eb8",
        "mermaid.min.js",
    ),
    Script(
        "iframe-worker@1.0.4",
        "package/shim/index.js",
        "e8e412dbcfea9b7e31b5ffa288d7b6035915e714c542f4176a0cdbe262fc9609",
        "iframe-worker.js",
    ),
)


def fetch(folder: Path) -> list[Path]:
    """Fetch what the folder does not have yet; return the paths of all scripts.

    Raises:
        PluginError: there is no npm, the registry did not answer, or a script is not the one that is expected.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_fetched(script, folder / script.name) for script in SCRIPTS]


def _fetched(script: Script, path: Path) -> Path:
    if not path.is_file() or _digest(path) != script.sha256:
        with tempfile.TemporaryDirectory() as temporary:
            new = _download(script, Path(temporary))
            if _digest(new) != script.sha256:
                raise PluginError(f"{script.member} of {script.package} has not the content that is expected")
            os.replace(shutil.copy(new, path.with_suffix(".new")), path)
    return path


def _download(script: Script, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise PluginError("npm is missing: install the dependency group `docs`, which brings it, or run `nox -s docs`")
    command = [npm, "pack", "--fetch-retries=1", script.package]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_TO_ANSWER, check=False
        )
    except subprocess.TimeoutExpired:
        raise PluginError(f"npm has not fetched {script.package} in {SECONDS_TO_ANSWER:g} seconds") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        raise PluginError(f"npm cannot fetch {script.package}: {_reason(done.stderr)}")
    with tarfile.open(archives[0]) as archive:
        archive.extract(script.member, folder, filter="data")
    return folder / script.member


def _reason(said: str) -> str:
    """Return what npm says of why it failed, without codes and the program's stack."""
    errors = [line.removeprefix("npm error ") for line in said.splitlines() if line.startswith("npm error ")]
    told = [line for line in errors if not line.startswith(("code ", "errno ", "syscall ", " "))]
    return next(iter([*told, *errors]), "it says nothing")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

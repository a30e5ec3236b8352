"""Built distributions, and clean environments to install them in."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
# `release` and `matrix` lie in the root of the clone, where their sessions run.
sys.path.append(str(ROOT))
_IMPORT_ALL = "import importlib, sys\nfor module in sys.argv[1:]: importlib.import_module(module)"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command; return what it printed, or fail with what it complained of."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} in {cwd}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Built:
    """What was built of one distribution."""

    name: str
    source: Path
    sdist: Path
    wheel: Path

    def modules(self) -> list[str]:
        """Return the public modules in the wheel."""
        files = [PurePosixPath(name) for name in zipfile.ZipFile(self.wheel).namelist() if name.endswith(".py")]
        paths = [file.parent if file.stem == "__init__" else file.with_suffix("") for file in files]
        return [".".join(path.parts) for path in paths if not any(part.startswith("_") for part in path.parts)]


class Env:
    """A clean environment, which has what is installed into it and no more."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.wheels = wheels
        run(sys.executable, "-m", "uv", "venv", "-q", "--python", sys.executable, folder, cwd=folder.parent)

    def install(self, *requirements: str | Path) -> None:
        """Install; distributions of this repository that are needed but not named come from their wheels."""
        uv = (sys.executable, "-m", "uv", "pip", "install", "-q", "--python", self.python, "--find-links", self.wheels)
        run(*uv, *requirements, cwd=ROOT)

    def check(self) -> None:
        """Look for requirements that are missing or do not fit."""
        run(sys.executable, "-m", "uv", "pip", "check", "--python", self.python, cwd=self.folder)

    def import_all(self, modules: list[str]) -> None:
        """Import these modules, warnings being errors."""
        assert modules
        self.run("-W", "error", "-c", _IMPORT_ALL, *modules)

    def run(self, *args: str | Path) -> str:
        """Run this environment's Python away from the clone; return what it printed."""
        return run(self.python, *args, cwd=self.folder)

    def script(self, name: str, *args: str | Path) -> str:
        """Run a command that was installed; return what it printed."""
        return run(self.folder / "bin" / name, *args, cwd=self.folder)


@contextmanager
def made_once(name: str, factory: pytest.TempPathFactory) -> Iterator[tuple[Path, bool]]:
    """Lend a folder that all processes of this run share, and say whether it has been filled; others wait meanwhile."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # that of the process which started this one
    folder, filled = shared / name, shared / f"{name}.filled"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir(exist_ok=True)
        yield folder, filled.exists()
        filled.touch()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """Build each distribution of this repository: an sdist, and from that a wheel."""
    sources = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
    with made_once("dist", tmp_path_factory) as (folder, filled):
        if not filled:
            build_all(sources, folder)
    return {source.name: find_built(source, folder) for source in sources}


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the example of a third party's distribution."""
    source = ROOT / "tests" / "third_party" / "acme-cocoindex-connector"
    with made_once("acme", tmp_path_factory) as (folder, filled):
        if not filled:
            build_all([source], folder)
    return find_built(source, folder)


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone in which `nox -s wheelhouse` has run."""
    with made_once("wheelhouse-of", tmp_path_factory) as (folder, filled):
        if not filled:
            copy_clone(folder)
            run(sys.executable, "-m", "nox", "-s", "wheelhouse", cwd=folder)
    return folder


@pytest.fixture
def env(built: dict[str, Built], tmp_path: Path) -> Env:
    """Return a clean environment."""
    return Env(tmp_path / "env", built["cocoindex-core"].wheel.parent)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return what a fresh clone of this repository has."""
    copy_clone(tmp_path / "clone")
    return tmp_path / "clone"


def copy_clone(folder: Path) -> None:
    """Copy every file of this repository that git does not ignore."""
    listing = ("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in run(*listing, cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def build_all(sources: list[Path], folder: Path) -> None:
    """Build distributions into `folder`, two at a time."""

    def build(source: Path) -> None:
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, source, cwd=folder)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(build, sources))


def find_built(source: Path, folder: Path) -> Built:
    """Return what lies in `folder` of one distribution."""
    stem = source.name.replace("-", "_")
    (sdist,) = folder.glob(f"{stem}-[0-9]*.tar.gz")
    (wheel,) = folder.glob(f"{stem}-[0-9]*.whl")
    return Built(source.name, source, sdist, wheel)

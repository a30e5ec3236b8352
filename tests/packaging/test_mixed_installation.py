"""Where files of the PyPI distribution `cocoindex` replaced ours, the import refuses and says how to mend it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "packages" / "cocoindex-core" / "src" / "cocoindex"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of core's package folder, which comes first on the path."""
    folder = tmp_path / "site" / "cocoindex"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def attempt(package: Path, code: str, *options: str) -> str:
    """Run `code` with that copy on the path; return the last line of what it complained of."""
    env = {**os.environ, "PYTHONPATH": str(package.parent)}
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return done.stderr.strip().rpartition("\n")[2]


def test_ours_alone_starts(package: Path) -> None:
    code = f"import cocoindex; assert cocoindex.__path__[0] == {str(package)!r}"
    # That there are two copies of ours, this one and the one that is installed, is another warning.
    assert attempt(package, code, "-W", "ignore:two copies of cocoindex-core") == ""


def test_the_other_ones_folder_is_refused(package: Path) -> None:
    (package / "_internal").mkdir()
    complaint = attempt(package, "import cocoindex")
    assert complaint.startswith("cocoindex.errors.MixedInstallationError: ")
    assert str(package) in complaint
    assert "pip uninstall --yes cocoindex; pip install --force-reinstall --no-deps " in complaint
    assert "cocoindex-core" in complaint.partition("--no-deps")[2]


def test_the_other_ones_folder_is_refused_further_down_the_path(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "cocoindex"
    (other / "_internal").mkdir(parents=True)
    (other / "__init__.py").touch()
    complaint = attempt(package, f"import sys; sys.path.append({str(other.parent)!r}); import cocoindex")
    assert complaint.startswith("cocoindex.errors.MixedInstallationError: ")
    assert str(other) in complaint


def test_connectors_refuse_where_our_init_was_overwritten(package: Path) -> None:
    (package / "__init__.py").write_text("")
    assert attempt(package, "import cocoindex") == ""
    assert "MixedInstallationError" in attempt(package, "from cocoindex.errors import CocoIndexError")


def test_connectors_refuse_where_our_init_was_removed(package: Path) -> None:
    (package / "__init__.py").unlink()
    # Without the installed packages, among which a whole one would be found first.
    complaint = attempt(package, "from cocoindex.errors import CocoIndexError", "-S")
    assert "MixedInstallationError" in complaint

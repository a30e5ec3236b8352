"""`nox -s bump` gives a distribution a version, and `nox -s release` makes its files; what is missing fails them."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from release.distributions import read_distribution

pytestmark = pytest.mark.distributions

NAME = "cocoindex-resources"


@pytest.fixture
def repository(clone: Path) -> Path:
    """Return a clone in which all is committed."""
    git(clone, "init", "-q", "-b", "main")
    commit(clone)
    return clone


def test_a_new_version_is_made_and_released(repository: Path) -> None:
    package = repository / "packages" / NAME
    changelog = (package / "CHANGELOG.md").read_text()
    top = f"## {read_distribution(package).version}\n"
    assert top in changelog
    git(repository, "tag", f"{NAME}-{read_distribution(package).version}")
    refused = nox(repository, "release", NAME)
    assert refused.returncode == 1
    assert f"release: {NAME}-{read_distribution(package).version} is tagged already" in refused.stdout
    (package / "CHANGELOG.md").write_text(changelog.replace(top, f"## Unreleased\n\n- More.\n\n{top}"))
    commit(repository)

    bumped = nox(repository, "bump", NAME, "minor")
    assert bumped.returncode == 0, bumped.stderr
    version = read_distribution(package).version
    today = datetime.now(UTC).date().isoformat()
    assert f"## {version} ({today})\n\n- More.\n\n{top}" in (package / "CHANGELOG.md").read_text()
    refused = nox(repository, "release", NAME)
    assert refused.returncode == 1
    assert "release: the clone is dirty: commit or discard packages/" in refused.stdout
    commit(repository)

    released = nox(repository, "release", NAME)
    assert released.returncode == 0, released.stdout + released.stderr
    stem = f"cocoindex_resources-{version}"
    for name in (f"{stem}.tar.gz", f"{stem}-py3-none-any.whl"):
        assert f"built twice, the same bytes: {name}" in released.stdout
        assert (package / "dist" / name).is_file()
    assert "twine check --strict: passed" in released.stdout
    assert "imported beside cocoindex-core" in released.stdout
    assert f"git tag -a {NAME}-{version}" in released.stdout
    tags = subprocess.run(["git", "tag"], cwd=repository, capture_output=True, text=True, check=True).stdout
    assert f"{NAME}-{version}" not in tags
    with tarfile.open(package / "dist" / f"{stem}.tar.gz") as sdist:
        seconds = int(git(repository, "log", "-1", "--format=%ct"))
        assert {member.mtime for member in sdist.getmembers()} == {seconds}


def test_a_python_that_is_not_there_fails_the_matrix(repository: Path) -> None:
    refused = nox(repository, "matrix", "python=3.99")
    assert refused.returncode == 1
    assert "matrix: there is no python '3.99'; there are 3.11, " in refused.stdout
    assert "failed" in refused.stderr


def nox(clone: Path, session: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a session; what it runs prints to standard output, also errors."""
    command = [sys.executable, "-m", "nox", "-s", session, "--", *arguments]
    env = os.environ | {"NOX_COLOR": "no"}
    return subprocess.run(command, cwd=clone, env=env, capture_output=True, text=True, check=False)


def commit(clone: Path) -> None:
    """Commit all files."""
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "work")


def git(clone: Path, *arguments: str) -> str:
    """Run git; return what it printed."""
    settings = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *settings, *arguments], cwd=clone, capture_output=True, text=True, check=True)
    return done.stdout

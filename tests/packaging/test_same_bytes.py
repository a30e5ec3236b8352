"""Each distribution is built twice with the same bytes: in another folder, with other times, another umask and zone."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.packaging.conftest import build_all, find_built

if TYPE_CHECKING:
    from tests.packaging.conftest import Built

pytestmark = pytest.mark.distributions

LONG_AGO = 1_000_000_000


@pytest.fixture
def other_machine(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone in which all is as on another machine."""
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    for path in clone.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert time.time() > LONG_AGO
    return clone


def test_of_each_distribution(built: dict[str, Built], other_machine: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    build_all([other_machine / "packages" / name for name in built], folder)
    for name, package in built.items():
        again = find_built(other_machine / "packages" / name, folder)
        for first, second in ((package.sdist, again.sdist), (package.wheel, again.wheel)):
            assert first.name == second.name
            assert first.read_bytes() == second.read_bytes(), first.name

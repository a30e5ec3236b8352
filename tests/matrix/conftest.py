"""What the tests of the matrix share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from small_repository import Repository

# `matrix` lies in the root of the clone, where its session runs.
sys.path.append(str(Path(__file__).parents[2]))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a small repository, all of it committed."""
    return Repository(tmp_path / "repository")

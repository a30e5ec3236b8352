"""Where `run_suite` has the folders of its checks."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folders_of_suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are where pytest has its own ones, which need not be on a disk."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

"""A bump that fails leaves all files as they are, and does not write those that it did not change."""

from __future__ import annotations

import pytest
from small_repository import Repository

from release.__main__ import main


def test_other_files_are_not_written(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    changelog = "packages/cocoindex-ops/CHANGELOG.md"
    repository.replace(changelog, "## 0.1.0", "## Unreleased\n\n- New.\n\n## 0.1.0")
    repository.commit()
    # Without hatch the version is not given, and with it, it is tagged.
    repository.tag("cocoindex-ops-0.2.0")
    files = [repository.root / "packages" / "cocoindex-core" / "pyproject.toml", repository.root / changelog]
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]
    assert main(repository.root, ["bump", "cocoindex-ops", "minor"]) == 1
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in files] == before
    assert repository.git("status", "--porcelain") == ""

"""A walk whose pattern finds nothing in the root, and would below, says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from cocoindex.connectors import localfs
from cocoindex.resources.file import PatternFilePathMatcher


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a.md").touch()
    (tmp_path / "b.py").touch()
    return tmp_path


def walk(folder: Path, matcher: PatternFilePathMatcher, *, recursive: bool = True) -> list[str]:
    return [key for key, _ in localfs.walk_dir(folder, recursive=recursive, path_matcher=matcher).items()]


def test_it_names_what_to_write(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert walk(folder, PatternFilePathMatcher(["*.md"])) == []
    (said,) = caplog.messages
    assert "'**/*.md'" in said and str(folder) in said and "'d/a.md'" in said


def test_where_it_finds_something_or_was_not_to_nothing_is_said(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert walk(folder, PatternFilePathMatcher(["**/*.md", "*.py"])) == ["b.py", "d/a.md"]
    assert walk(folder, PatternFilePathMatcher(["*.md"]), recursive=False) == []
    assert walk(folder, PatternFilePathMatcher(["*.txt"])) == []
    assert caplog.messages == []

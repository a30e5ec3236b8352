"""`ls` and `show` of an app make no database, and read one that cannot be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_no_database_is_made(shell: Shell, app: Callable[[str], None]) -> None:
    assert "Names [+]" in shell.run("ls", "app.py").out
    assert "Nothing is stored for an app 'Names'" in shell.run("show", "app.py").err
    assert "has no persisted state" in shell.run("drop", "-f", "app.py").out
    assert not (shell.folder / "app.db").exists()


@pytest.fixture
def locked(shell: Shell, app: Callable[[str], None]) -> Path:
    """A database whose folder and files nobody but a superuser can write."""
    shell.run("update", "-q", "app.py")
    database = shell.folder / "app.db"
    for path in [*database.iterdir(), database]:
        path.chmod(path.stat().st_mode & ~0o222)
    return database


def test_one_that_cannot_be_written_is_read(shell: Shell, locked: Path) -> None:
    before = (locked / "data.mdb").read_bytes()
    assert shell.run("ls", "app.py").out.endswith("  Names\n")
    assert '/"files"/"one"' in shell.run("show", "app.py").out
    assert (locked / "data.mdb").read_bytes() == before

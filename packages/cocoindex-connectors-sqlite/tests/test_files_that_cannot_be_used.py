"""Where the files of a database are full, or closed to this process, the message says what to do."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sql_tables.whose_table import fill

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteConnectionError, SqliteTableError

if TYPE_CHECKING:
    from tests.conftest import Project


def test_a_full_disk(project: Project) -> None:
    project.update(fill, project.kind, [1])
    with project.connection.readonly() as connection:
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are
    project.update(fill, project.kind, [*range(5000)])
    assert project.failures
    for failure in project.failures:
        assert isinstance(failure, SqliteTableError)
        assert "disk is full; free some space" in str(failure)
    with project.connection.readonly() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    project.update(fill, project.kind, [*range(5000)])
    assert project.ids == [*range(5000)]


@contextmanager
def without_privileges() -> Iterator[None]:
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(SqliteConnectionError, match=r"x cannot be opened: unable to open database file"):
        sqlite.connect(tmp_path / ("x" * 300))


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="permissions of POSIX")
@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_part_of_it_without_permission(suffix: str) -> None:
    with tempfile.TemporaryDirectory() as name:  # others must not enter the folder that pytest gives
        refuses_a_part(Path(name), suffix)


def refuses_a_part(folder: Path, suffix: str) -> None:
    folder.chmod(0o777)
    database = folder / "database"
    other = sqlite3.connect(database)
    try:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE docs (id INTEGER)")
        other.commit()
        for file in folder.iterdir():
            file.chmod(0 if file.name.endswith(suffix) else 0o666)
        with without_privileges(), pytest.raises(SqliteConnectionError, match=rf"database{suffix}.*grant it"):
            sqlite.connect(database)
    finally:
        other.close()

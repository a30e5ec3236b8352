"""A database is opened, or one error says why it cannot be."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteConnectionError


def test_file_is_made(database: Path) -> None:
    connection = sqlite.connect(database)
    with connection.transaction() as transaction:
        transaction.execute("CREATE TABLE t (x)")
    connection.close()
    assert database.read_bytes().startswith(b"SQLite format 3")
    assert connection.database == str(database)


def test_in_memory() -> None:
    with sqlite.managed_connection(":memory:") as connection, connection.transaction() as transaction:
        assert transaction.execute("SELECT 1").fetchone() == (1,)


def test_arguments_of_the_library_are_passed_on(database: Path) -> None:
    sqlite.connect(database).close()
    connection = sqlite.connect(f"file:{database}?mode=rwc", uri=True, cached_statements=10)
    with connection.transaction() as transaction:
        transaction.execute("CREATE TABLE t (x)")
    connection.close()
    assert database.stat().st_size > 0


def test_options_that_are_set_anyway_are_accepted(database: Path) -> None:
    sqlite.connect(database, isolation_level=None, check_same_thread=False).close()


def test_options_that_transactions_rely_on_are_refused(database: Path) -> None:
    with pytest.raises(SqliteConnectionError, match="isolation_level=None itself"):
        sqlite.connect(database, isolation_level="DEFERRED")


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(SqliteConnectionError, match=r"there is no folder .*nowhere; make it first"):
        sqlite.connect(tmp_path / "nowhere" / "x.sqlite")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(SqliteConnectionError, match="it is a folder"):
        sqlite.connect(tmp_path)


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder into which this process cannot write."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
        os.chmod(name, 0o700)


def test_wal_in_a_folder_that_cannot_be_written(closed_folder: Path) -> None:
    path = closed_folder / "x.sqlite"
    with sqlite.managed_connection(path) as connection, connection.readonly() as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("CREATE TABLE docs (id INTEGER)")
        raw.execute("INSERT INTO docs VALUES (1)")
    closed_folder.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)  # to whom permissions apply
    try:
        with pytest.raises(SqliteConnectionError, match=r"WAL mode: .*\('file:PATH\?immutable=1', uri=True\)"):
            sqlite.connect(path)
        with sqlite.managed_connection(f"file:{path}?immutable=1", uri=True) as connection:
            assert list(sqlite.SqliteTableSource(connection, table_name="docs").fetch_rows()) == [{"id": 1}]
    finally:
        if is_root:
            os.seteuid(0)


def test_file_that_is_no_database(database: Path) -> None:
    database.write_text("some words that are no database, and more than one page header of them " * 20)
    with pytest.raises(SqliteConnectionError, match=r"target\.sqlite cannot be opened: file is not a database"):
        sqlite.connect(database)
    assert "words" in database.read_text()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(database: Path) -> None:
    sqlite.connect(database).close()
    database.write_bytes(b"")
    database.chmod(0)
    with pytest.raises(SqliteConnectionError, match="cannot be opened"):
        sqlite.connect(database)
    database.chmod(stat.S_IRUSR | stat.S_IWUSR)


def test_locked_database_is_opened(database: Path) -> None:
    with sqlite.managed_connection(database) as first, first.readonly() as holder:
        holder.execute("CREATE TABLE t (x)")
        holder.execute("BEGIN EXCLUSIVE")
        sqlite.connect(database, timeout=0.01).close()
        holder.execute("ROLLBACK")

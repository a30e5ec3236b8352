"""sqlite-vec is loaded where asked for or possible, and only an explicit wish that fails is an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite import _connect
from cocoindex.connectors.sqlite.errors import SqliteExtensionError


@pytest.mark.parametrize("load_vec", [True, "auto"])
def test_loaded(database: Path, load_vec: bool) -> None:
    with sqlite.managed_connection(database, load_vec=load_vec) as connection, connection.readonly() as reader:
        assert connection.loaded_extensions == {"sqlite-vec"}
        assert reader.execute("SELECT vec_length(vec_f32('[1, 2, 3]'))").fetchone() == (3,)


def test_not_loaded(database: Path) -> None:
    with sqlite.managed_connection(database, load_vec=False) as connection, connection.readonly() as reader:
        assert connection.loaded_extensions == set()
        with pytest.raises(sqlite.sqlite3.OperationalError, match="no such function"):
            reader.execute("SELECT vec_version()")


def test_library_without_extensions(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_connect, "can_load_extensions", lambda module: False)
    with sqlite.managed_connection(database) as connection:
        assert connection.loaded_extensions == set()
    with pytest.raises(SqliteExtensionError, match="pip install pysqlite3-binary") as raised:
        sqlite.connect(database, load_vec=True)
    assert isinstance(raised.value, RuntimeError)


def test_nothing_else_may_be_loaded_afterwards(connection: sqlite.ManagedConnection) -> None:
    with connection.readonly() as reader, pytest.raises(sqlite.sqlite3.OperationalError, match="not authorized"):
        reader.execute("SELECT load_extension('vec0')")


def test_wrong_wish(database: Path) -> None:
    with pytest.raises(SqliteExtensionError, match="True, False or 'auto'"):
        sqlite.connect(database, load_vec="yes")  # type: ignore[arg-type]  # what is wrong here


def test_loading_it_imports_no_numpy(database: Path) -> None:
    program = (
        "import sys; from cocoindex.connectors import sqlite; database = sqlite.connect(sys.argv[1], load_vec=True); "
        "print('numpy' in sys.modules); database.close()"
    )
    done = subprocess.run([sys.executable, "-c", program, database], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr

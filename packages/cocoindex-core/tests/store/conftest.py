"""Databases on disk and in memory, and other processes that use the same folder."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import quick_python

from cocoindex._store import open_database
from cocoindex._store.interface import Database
from cocoindex._store.memory_store import MemoryDatabase


@pytest.fixture(params=["lmdb", "memory"], scope="module")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind; tests share it, and each uses apps of its own."""
    kind: Database = open_database(tmp_path_factory.mktemp("store")) if request.param == "lmdb" else MemoryDatabase()
    with closing(kind):
        yield kind


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder for a database, which is not there yet."""
    return tmp_path / "database"


@pytest.fixture
def python() -> Iterator[Callable[..., quick_python.Running]]:
    """Start another Python process with a program and its arguments; it is killed at the end of the test."""
    with contextlib.ExitStack() as started:
        yield lambda program, *args: started.enter_context(quick_python.running(["-c", program, *map(str, args)]))

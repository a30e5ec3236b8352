"""A database file with an open connection, for tests that need no app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cocoindex.connectors import sqlite


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The path of a database that is not there yet."""
    return tmp_path / "target.sqlite"


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite.ManagedConnection]:
    """A connection to it that has loaded sqlite-vec."""
    with sqlite.managed_connection(database, load_vec=True, timeout=0.05) as connection:
        yield connection

"""A transaction is committed whole or not at all, and cannot be begun where it would wait for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteBusyError, SqliteConnectionError, SqliteLockError


@pytest.fixture(autouse=True)
def table(connection: sqlite.ManagedConnection) -> None:
    with connection.transaction() as transaction:
        transaction.execute("CREATE TABLE t (x)")


def values(connection: sqlite.ManagedConnection) -> list[int]:
    with connection.readonly() as reader:
        return [x for (x,) in reader.execute("SELECT x FROM t ORDER BY x")]


def test_committed(connection: sqlite.ManagedConnection, database: Path) -> None:
    with connection.transaction() as transaction:
        transaction.execute("INSERT INTO t VALUES (1)")
        with sqlite.managed_connection(database) as other:
            assert values(other) == []
    with sqlite.managed_connection(database) as other:
        assert values(other) == [1]


def test_rolled_back(connection: sqlite.ManagedConnection) -> None:
    with pytest.raises(KeyboardInterrupt), connection.transaction() as transaction:
        transaction.execute("INSERT INTO t VALUES (1)")
        raise KeyboardInterrupt
    assert values(connection) == []


def test_statement_errors_come_as_they_are(connection: sqlite.ManagedConnection) -> None:
    with pytest.raises(sqlite.sqlite3.OperationalError, match="no such table"), connection.transaction() as transaction:
        transaction.execute("INSERT INTO t VALUES (1)")
        transaction.execute("INSERT INTO elsewhere VALUES (1)")
    assert values(connection) == []


def test_reading_inside(connection: sqlite.ManagedConnection) -> None:
    with connection.transaction() as transaction:
        transaction.execute("INSERT INTO t VALUES (1)")
        assert values(connection) == [1]
    with connection.readonly():
        assert values(connection) == [1]


def test_transaction_inside_another(connection: sqlite.ManagedConnection) -> None:
    with (
        connection.transaction(),
        pytest.raises(SqliteLockError, match=r"inside transaction\(\)"),
        connection.transaction(),
    ):
        pass
    with connection.readonly(), pytest.raises(SqliteLockError, match=r"inside readonly\(\)"), connection.transaction():
        pass
    with connection.transaction():
        pass


def test_locked_by_another_connection(connection: sqlite.ManagedConnection, database: Path) -> None:
    with sqlite.managed_connection(database) as other, other.transaction():
        with (
            pytest.raises(SqliteBusyError, match=r"target\.sqlite failed: another connection holds its lock") as raised,
            connection.transaction(),
        ):
            pass
        assert isinstance(raised.value, TimeoutError)
        assert isinstance(raised.value.__cause__, sqlite.sqlite3.OperationalError)
    with connection.transaction() as transaction:
        transaction.execute("INSERT INTO t VALUES (1)")


def test_closed(connection: sqlite.ManagedConnection) -> None:
    connection.close()
    connection.close()
    with pytest.raises(SqliteConnectionError, match="was closed"), connection.transaction():
        pass
    with pytest.raises(SqliteConnectionError, match="was closed"), connection.readonly():
        pass
    assert repr(connection).endswith(", closed)")

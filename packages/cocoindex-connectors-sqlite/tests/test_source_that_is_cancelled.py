"""An update may be cancelled while a thread copies the rows of a source: nothing is closed under that thread."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite._row_copy import RowCopy


@pytest.fixture
def numbers(database: Path) -> sqlite.ManagedConnection:
    connection = sqlite.connect(database)
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
        raw.executemany("INSERT INTO numbers VALUES (?)", ((n,) for n in range(5_000)))
    return connection


def test_cancelled_while_a_thread_copies(numbers: sqlite.ManagedConnection) -> None:
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(n: int) -> int:
        if n == 1_000:
            began.set()
            go_on.wait()
        return n

    with numbers.transaction() as raw:
        raw.create_function("slow", 1, slow)
        raw.execute("CREATE VIEW slowly AS SELECT slow(n) AS n FROM numbers")

    async def read() -> None:
        async for _ in sqlite.SqliteTableSource(numbers, table_name="slowly").fetch_rows():
            raise AssertionError("no row comes before all are copied")

    async def main() -> None:
        reading = asyncio.ensure_future(read())
        await asyncio.to_thread(began.wait)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        closing = asyncio.ensure_future(asyncio.to_thread(_close, numbers, ended))
        assert not ended.is_set()  # the thread still reads from the connection
        go_on.set()
        await closing

    asyncio.run(main())
    assert ended.is_set()


def _close(connection: sqlite.ManagedConnection, ended: threading.Event) -> None:
    connection.close()
    ended.set()


def test_a_copy_that_is_closed_in_between_ends(numbers: sqlite.ManagedConnection) -> None:
    class Rows:
        """The rows of a cursor, and in the middle of them somebody closes the copy."""

        def __init__(self, copy: RowCopy, cursor: Any) -> None:
            self._copy, self._cursor, self.batches = copy, cursor, 0

        def fetchmany(self, count: int) -> list[Any]:
            self.batches += 1
            if self.batches == 3:
                self._copy.close()
            rows: list[Any] = self._cursor.fetchmany(count)
            return rows

    with numbers.readonly() as raw:
        copy = RowCopy()
        rows: Any = Rows(copy, raw.execute("SELECT n FROM numbers"))
        copy.fill(1, rows)
    assert rows.batches == 3
    with pytest.raises(sqlite.sqlite3.ProgrammingError, match="was closed"):
        copy.next_rows()
    copy.close()
    numbers.close()

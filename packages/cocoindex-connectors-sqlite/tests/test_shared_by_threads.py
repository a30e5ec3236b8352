"""Threads share a connection: one at a time, in the order of arrival, and nobody waits for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cocoindex.connectors import sqlite


def wait_for_waiters(connection: sqlite.ManagedConnection, count: int) -> None:
    """Return once so many threads wait for the lock; yields to them meanwhile."""
    while len(connection._lock._waiting) < count:
        os.sched_yield()


def test_writers_take_turns(connection: sqlite.ManagedConnection) -> None:
    with connection.transaction() as transaction:
        transaction.execute("CREATE TABLE t (x)")
        transaction.execute("INSERT INTO t VALUES (0)")

    def add_one(_: int) -> None:
        with connection.transaction() as transaction:
            (x,) = transaction.execute("SELECT x FROM t").fetchone()
            transaction.execute("UPDATE t SET x = ?", (x + 1,))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(200)))
    with connection.readonly() as reader:
        assert reader.execute("SELECT x FROM t").fetchone() == (200,)


def test_readers_that_call_functions_in_python_do_not_wait_for_each_other(tmp_path: Path) -> None:
    # Such threads would hold Python's lock for ever, so this needs a process of its own.
    subprocess.run([sys.executable, "-c", _READ_TOGETHER, tmp_path / "db.sqlite"], timeout=100, check=True)


_READ_TOGETHER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from cocoindex.connectors import sqlite

with sqlite.managed_connection(sys.argv[1]) as connection:
    with connection.transaction() as raw:
        raw.create_function("capitals", 1, str.upper)
        raw.execute("CREATE TABLE t (x)")
        raw.executemany("INSERT INTO t VALUES (?)", [("a",)] * 100)
        raw.execute("CREATE VIEW v AS SELECT capitals(x) AS x FROM t")

    def read(number):
        if number % 2:
            return [row["x"] for row in sqlite.SqliteTableSource(connection, table_name="v").fetch_rows()]
        with connection.readonly() as raw:
            return [x for (x,) in raw.execute("SELECT x FROM v WHERE x <> ?", ("b",))]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(400))) == [["A"] * 100] * 400
"""


def test_a_thread_may_nest_reading(connection: sqlite.ManagedConnection) -> None:
    with connection.readonly() as outer, connection.readonly() as inner:
        assert inner.execute("SELECT 1").fetchone() == outer.execute("SELECT 1").fetchone()


def test_writer_is_not_starved_by_readers_that_come_later(connection: sqlite.ManagedConnection) -> None:
    order: list[str] = []
    writer_waits, may_leave = threading.Event(), threading.Event()

    def read_first() -> None:
        with connection.readonly():
            writer_waits.set()
            may_leave.wait(10)
            order.append("first reader")

    def write() -> None:
        with connection.transaction():
            order.append("writer")

    def read_later() -> None:
        with connection.readonly():
            order.append("later reader")

    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(read_first)]
        writer_waits.wait(10)
        for task in (write, read_later):
            futures.append(pool.submit(task))
            wait_for_waiters(connection, len(futures) - 1)
        may_leave.set()
        for future in futures:
            future.result(10)
    assert order == ["first reader", "writer", "later reader"]


def test_closing_waits_for_readers(connection: sqlite.ManagedConnection) -> None:
    inside = threading.Event()

    def read() -> int:
        with connection.readonly() as reader:
            inside.set()
            wait_for_waiters(connection, 1)
            return int(reader.execute("SELECT 7").fetchone()[0])

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(read)
        inside.wait(10)
        connection.close()
        assert future.result(10) == 7

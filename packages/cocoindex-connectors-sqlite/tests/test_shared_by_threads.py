"""Threads share a connection: readers together, writers alone, and nobody waits for ever."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

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


def test_readers_read_together(connection: sqlite.ManagedConnection) -> None:
    both_inside = threading.Barrier(2, timeout=10)

    def read(_: int) -> None:
        with connection.readonly() as reader:
            both_inside.wait()
            assert reader.execute("SELECT 1").fetchone() == (1,)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read, range(2)))


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

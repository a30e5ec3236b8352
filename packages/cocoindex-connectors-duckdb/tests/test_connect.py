"""A database is opened once a process, closed when nobody uses it, and what keeps it from being opened is said."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb as driver
import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.connectors.duckdb.errors import DuckdbBusyError, DuckdbConnectionError, DuckdbExtensionError

from .conftest import Project

HOLDS = "import duckdb, sys; kept = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def test_a_file_that_another_process_has_open(database: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        with pytest.raises(DuckdbBusyError, match=rf"{database.name} is open in another process .*pid {other.pid}\)"):
            duckdb.connect(database)
        os.kill(other.pid, signal.SIGKILL)
    with duckdb.managed_connection(database):
        pass


def test_closing_on_the_loop_does_not_wait_for_rows_that_were_left(database: Path) -> None:
    async def read_one() -> dict[str, Any]:
        with duckdb.managed_connection(database) as connection:
            with connection.transaction() as raw:
                raw.execute("CREATE TABLE t AS SELECT i AS id FROM range(100_000) r(i)")
            rows = duckdb.DuckdbTableSource[dict[str, Any]](connection, table_name="t").fetch_rows()
            row: dict[str, Any] = await anext(aiter(rows))
        with pytest.raises(DuckdbConnectionError, match="was closed"):
            connection.readonly().__enter__()
        return row  # `rows` is left only now: its thread waits for room

    assert asyncio.run(read_one()) == {"id": 0}
    while any(each.name == "cocoindex-iter" for each in threading.enumerate()):
        time.sleep(0.01)
    with duckdb.managed_connection(database, config={"threads": 1}) as connection:  # all was closed: another config
        assert connection.database == str(database)


def test_a_database_without_access_to_other_files(database: Path) -> None:
    config = {"enable_external_access": False, "lock_configuration": True}
    with duckdb.managed_connection(database, config=config) as connection:
        assert not connection.has_vss
        with connection.transaction() as raw:
            raw.execute("CREATE TABLE t AS SELECT 1 AS id")
        with connection.readonly() as raw:
            assert raw.execute("FROM t").fetchall() == [(1,)]
    with pytest.raises(DuckdbExtensionError, match="not available"):
        # Another file: DuckDB 1.5.0 cannot open a file again that it wrote with this option.
        duckdb.connect(database.with_name("other.duckdb"), load_vss=True, config=config)


def test_several_connections_of_one_process(database: Path) -> None:
    with duckdb.managed_connection(database) as one, duckdb.managed_connection(str(database)) as other:
        with one.transaction() as raw:
            raw.execute("CREATE TABLE t (x INTEGER)")
        with other.readonly() as raw:
            assert raw.execute("SELECT * FROM t").fetchall() == []
        assert one.file == other.file


@pytest.mark.parametrize("make", ["folder", "garbage", "nowhere"])
def test_what_cannot_be_opened(tmp_path: Path, make: str) -> None:
    path = tmp_path / make
    if make == "folder":
        path.mkdir()
    elif make == "garbage":
        path.write_bytes(b"this is no database" * 1000)
    else:
        path = path / "nested.duckdb"
    with pytest.raises(DuckdbConnectionError, match=rf"the DuckDB database {path} cannot be opened: "):
        duckdb.connect(path)


@pytest.mark.parametrize(
    ("path", "config"),
    [
        ("a\udcff.duckdb", None),
        ("a\ud800.duckdb", None),
        (":memory:", {"x\udcff": 1}),
        (":memory:", {"memory_limit": "\udcff"}),
    ],
)
def test_text_that_the_driver_cannot_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, config: dict[str, Any] | None
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        DuckdbConnectionError, match=r"cannot be opened: its path and the options in config= have to be"
    ):
        duckdb.connect(path, config=config)
    assert [*tmp_path.iterdir()] == []


def test_options(tmp_path: Path) -> None:
    with duckdb.managed_connection(tmp_path / "a.duckdb", config={"threads": 1}) as connection:
        with connection.readonly() as raw:
            assert raw.execute("SELECT current_setting('threads')").fetchone() == (1,)
        assert repr(connection).startswith("ManagedConnection(")
    with pytest.raises(DuckdbConnectionError, match="bogus"):
        duckdb.connect(tmp_path / "b.duckdb", config={"bogus": 1})


def test_a_transaction_is_rolled_back_by_an_exception(connection: duckdb.ManagedConnection) -> None:
    with pytest.raises(ZeroDivisionError), connection.transaction() as raw:
        raw.execute("CREATE TABLE t (x INTEGER)")
        raise ZeroDivisionError
    with connection.readonly() as raw, pytest.raises(driver.CatalogException):
        raw.execute("SELECT * FROM t")
    with connection.readonly() as raw, pytest.raises(driver.Error, match="read-only"):
        raw.execute("CREATE TABLE t (x INTEGER)")


def test_writers_take_turns(connection: duckdb.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE t (x INTEGER)")
        raw.execute("INSERT INTO t VALUES (0)")

    def add_one(_: int) -> None:
        with connection.transaction() as raw:
            ((x,),) = raw.execute("SELECT x FROM t").fetchall()
            raw.execute("UPDATE t SET x = ?", [x + 1])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(50)))
    with connection.readonly() as raw:
        assert raw.execute("SELECT x FROM t").fetchone() == (50,)


def test_closing_waits_for_readers_and_no_further_one_comes(connection: duckdb.ManagedConnection) -> None:
    inside, closing = threading.Event(), threading.Event()

    def read() -> int:
        with connection.readonly() as raw:
            raw.execute("SELECT unnest(range(10000))")
            inside.set()
            assert closing.wait(10)
            return len(raw.fetchall())

    with ThreadPoolExecutor(2) as pool:
        reader = pool.submit(read)
        assert inside.wait(10)
        closer = pool.submit(connection.close)
        while not repr(connection).endswith("closed)"):
            os.sched_yield()
        with pytest.raises(DuckdbConnectionError, match="was closed; open a new one"), connection.readonly():
            pass
        closing.set()
        assert reader.result(10) == 10000
        closer.result(10)
    connection.close()


def test_a_thread_that_closes_what_it_uses(connection: duckdb.ManagedConnection) -> None:
    with connection.readonly(), pytest.raises(DuckdbConnectionError, match="in use by the thread that closes it"):
        connection.close()
    with connection.readonly():
        pass


@coco.fn
async def write_one(value: str) -> None:
    columns = {"id": duckdb.ColumnDef("BIGINT"), "a": duckdb.ColumnDef("VARCHAR")}
    table = await duckdb.mount_table_target(Project.db, "docs", duckdb.TableSchema[Any](columns, ["id"]))
    table.declare_row(row={"id": 1, "a": value})


def test_a_row_that_another_connection_changes_is_written_after_it(
    project: Project, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.update(write_one, "old")
    waits: list[float] = []
    with contextlib.closing(driver.connect(database)) as other:
        other.execute("BEGIN")
        other.execute("UPDATE docs SET a = 'theirs'")

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 2:
                other.execute("COMMIT")

        monkeypatch.setattr(time, "sleep", wait)
        project.update(write_one, "new")
    assert len(waits) == 2
    assert project.query("SELECT a FROM docs") == [("new",)]


def test_a_row_that_another_connection_does_not_let_go(
    project: Project, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.update(write_one, "old")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with (
        duckdb.managed_connection(database) as other,
        other.transaction() as raw,
        pytest.raises(
            DuckdbBusyError, match=r"writing rows of 'docs' in .* conflicted with other transactions for 5 s"
        ),
    ):
        raw.execute("UPDATE docs SET a = 'theirs'")
        project.update(write_one, "new")
    project.update(write_one, "new")
    assert project.query("SELECT a FROM docs") == [("new",)]

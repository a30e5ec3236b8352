"""A process that is killed in the middle of an update leaves nothing wrong: the next update converges."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

PROGRAM = """
import asyncio, pathlib, sys
from psycopg_pool import AsyncConnectionPool
import cocoindex as coco
from cocoindex.connectors import postgres

DB = coco.ContextKey("db")
store, url, first, last, text = sys.argv[1:]

@coco.fn(memo=True)
async def row_of(id, text, table):
    table.declare_row(row={"id": id, "a": text})

@coco.fn
async def main():
    columns = {"id": postgres.ColumnDef("bigint"), "a": postgres.ColumnDef("text"), text: postgres.ColumnDef("text")}
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema(columns, ["id"]))
    for id in range(int(first), int(last)):
        await coco.mount(coco.component_subpath(id), row_of, id, text, table)

async def update():
    async with AsyncConnectionPool(url, min_size=1, open=False) as pool:
        context = coco.ContextProvider()
        context.provide(DB, pool)
        environment = coco.Environment(coco.Settings(db_path=pathlib.Path(store)), context_provider=context)
        await coco.App(coco.AppConfig("app", environment=environment), main).update()
        environment.close()

asyncio.run(update())
"""
WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def start(store: Path, database: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(store), database, *map(str, arguments)])


@pytest.mark.parametrize("lock", ["LOCK TABLE docs IN EXCLUSIVE MODE", "LOCK TABLE docs IN ACCESS EXCLUSIVE MODE"])
def test_killed_while_it_waits_to_write(tmp_path: Path, database: str, lock: str) -> None:
    assert start(tmp_path, database, 0, 120, "old").wait() == 0
    with psycopg.connect(database) as other, psycopg.connect(database, autocommit=True) as watcher:
        other.execute(lock)
        process = start(tmp_path, database, 60, 180, "new")
        while not watcher.execute(WAITING).fetchall():
            assert process.poll() is None
            threading.Event().wait(0.01)  # nothing tells when another session begins to wait
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert start(tmp_path, database, 30, 150, "new").wait() == 0
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT id, a FROM docs ORDER BY id").fetchall()
    assert rows == [(id, "new") for id in range(30, 150)]

"""A process that is killed in the middle of an update leaves nothing wrong: the next update converges."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import duckdb as driver
import pytest
import quick_python

PROGRAM = """
import os, pathlib, signal, sys
import cocoindex as coco
from cocoindex.connectors import duckdb

DB = coco.ContextKey("db")
store, database, first, last, text, fatal = sys.argv[1:]

@coco.fn(memo=True)
async def row_of(id, text, table):
    table.declare_row(row={"id": id, "a": text})

@coco.fn
async def main():
    columns = {"id": duckdb.ColumnDef("BIGINT"), "a": duckdb.ColumnDef("VARCHAR"), text: duckdb.ColumnDef("VARCHAR")}
    table = await duckdb.mount_table_target(DB, "docs", duckdb.TableSchema(columns, ["id"]))
    for id in range(int(first), int(last)):
        await coco.mount(coco.component_subpath(id), row_of, id, text, table)

class Fatal(duckdb.ManagedConnection):
    calls = 0

    def transaction(self):
        Fatal.calls += 1
        if str(Fatal.calls) == fatal.removesuffix("after"):
            if fatal.endswith("after"):
                return DiesAtTheEnd(super().transaction())
            os.kill(os.getpid(), signal.SIGKILL)
        return super().transaction()

class DiesAtTheEnd:
    def __init__(self, transaction): self.transaction = transaction
    def __enter__(self): return self.transaction.__enter__()
    def __exit__(self, *error):
        self.transaction.__exit__(*error)
        os.kill(os.getpid(), signal.SIGKILL)

connection = Fatal(database, {}, False)
context = coco.ContextProvider()
context.provide(DB, connection)
environment = coco.Environment(coco.Settings(db_path=pathlib.Path(store)), context_provider=context)
coco.App(coco.AppConfig("app", environment=environment), main).update_blocking()
environment.close()
connection.close()
"""


def update(folder: Path, first: int, last: int, text: str, fatal: str = "") -> int:
    arguments = [str(folder / "store"), str(folder / "docs.duckdb"), str(first), str(last), text, fatal]
    return quick_python.run(["-c", PROGRAM, *arguments]).returncode


@pytest.mark.parametrize("fatal", ["1", "1after", "2", "2after", "3after"])
def test_killed(tmp_path: Path, fatal: str) -> None:
    assert update(tmp_path, 0, 120, "old") == 0
    assert update(tmp_path, 60, 180, "new", fatal) in (-signal.SIGKILL, 0)
    assert update(tmp_path, 30, 150, "new") == 0
    with closing(driver.connect(tmp_path / "docs.duckdb")) as reader:
        rows = reader.execute("SELECT id, a FROM docs ORDER BY id").fetchall()
    assert rows == [(id, "new") for id in range(30, 150)]
    assert os.path.exists(tmp_path / "docs.duckdb")


def test_killed_in_the_first_update(tmp_path: Path) -> None:
    for fatal in ("1", "1after", "2", "2after"):
        update(tmp_path, 0, 50, "old", fatal)
    assert update(tmp_path, 10, 40, "old") == 0
    with closing(driver.connect(tmp_path / "docs.duckdb")) as reader:
        assert reader.execute("SELECT id FROM docs ORDER BY id").fetchall() == [(id,) for id in range(10, 40)]

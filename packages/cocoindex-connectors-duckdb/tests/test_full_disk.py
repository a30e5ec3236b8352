"""What a full disk refuses fails; once there is room, the next update writes it, by the same connection."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb as driver
import pytest

import cocoindex as coco
from cocoindex.connectors import duckdb

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
SCHEMA = duckdb.TableSchema[Any]({"id": duckdb.ColumnDef("BIGINT"), "a": duckdb.ColumnDef("VARCHAR")}, ["id"])


@coco.fn
async def row_of(id: int, size: int, table: duckdb.TableTarget[Any]) -> None:
    table.declare_row(row={"id": id, "a": f"{id}" * size})


@coco.fn
async def main(ids: range, size: int) -> None:
    table = await duckdb.mount_table_target(DB, "docs", SCHEMA)
    for id in ids:
        await coco.mount(coco.component_subpath(id), row_of, id, size, table)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Have no file of this process grow past so many bytes: what a full disk does, without one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_rows_are_written_once_there_is_room(project: Project) -> None:
    project.update(main, range(3), 1)
    with files_of_at_most(2_000_000):
        project.update(main, range(3, 8), 1_000_000)
    assert project.failures and "docs" in str(project.failures[0])
    assert "File too large" in str(project.failures[0])
    project.update(main, range(3, 8), 1_000_000)
    assert project.failures == []
    assert project.query("SELECT id, length(a) FROM docs ORDER BY id") == [(id, 1_000_000) for id in range(3, 8)]


def test_a_database_that_was_given_up_is_opened_anew(project: Project) -> None:
    project.update(main, range(100), 1000)
    with (
        files_of_at_most(300_000),
        pytest.raises(driver.FatalException),
        project.connection.readonly() as raw,
    ):
        raw.execute("COMMIT")
        raw.execute("FORCE CHECKPOINT")
    project.update(main, range(50, 150), 10)
    assert project.failures == []
    assert project.query("SELECT count(*), max(id) FROM docs") == [(100, 149)]

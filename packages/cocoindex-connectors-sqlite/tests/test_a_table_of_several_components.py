"""Components that declare one table, each with rows of its own, share it from the first update on."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite

pytestmark = pytest.mark.anyio

DB = coco.ContextKey[sqlite.ManagedConnection]("several_components_db")


@dataclass
class Row:
    id: int
    text: str


@pytest.mark.parametrize("memo", [False, True])
async def test_they_share_it(tmp_path: Path, memo: bool, caplog: pytest.LogCaptureFixture) -> None:
    schema = await sqlite.TableSchema.from_class(Row, primary_key=["id"])
    numbers = [1, 2, 3]
    ran: list[int] = []

    @coco.fn(memo=memo)
    async def rows(table: sqlite.TableTarget[Row], number: int) -> None:
        table.declare_row(row=Row(number, "text"))

    @coco.fn(memo=memo)
    async def component(number: int) -> None:
        ran.append(number)
        table = await sqlite.mount_table_target(DB, "t", schema)
        await coco.mount(coco.component_subpath("rows"), rows, table, number)

    @coco.fn
    async def main() -> None:
        for number in numbers:
            await coco.mount(coco.component_subpath(number), component, number)

    connection = sqlite.connect(tmp_path / "data.db")
    env = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    env.context_provider.provide(DB, connection)
    app = coco.App(coco.AppConfig("app", environment=env), main)

    async def update() -> list[int]:
        ran.clear()
        await app.update()
        with connection.readonly() as session:
            return [number for (number,) in session.execute("SELECT id FROM t ORDER BY id")]

    assert await update() == [1, 2, 3]
    assert await update() == [1, 2, 3]
    assert ran == ([] if memo else [1, 2, 3])
    numbers.remove(2)
    assert await update() == [1, 3]
    assert await update() == [1, 3]
    assert ran == ([] if memo else [1, 3])
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    connection.close()

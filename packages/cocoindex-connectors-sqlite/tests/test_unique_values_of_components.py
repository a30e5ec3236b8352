"""Unique values change hands between components in one update: a renamed key, values that are exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")
SCHEMA = sqlite.TableSchema[Any]({"id": sqlite.ColumnDef("INTEGER"), "name": sqlite.ColumnDef("TEXT")}, ["id"])
HANDOVERS: list[dict[int, str]] = [
    {3: "a", 2: "b"},  # a key is renamed
    {1: "b", 2: "a"},
    {1: "b", 2: "c", 3: "a"},
    {3: "a", 4: "b"},
    {5: "b", 1: "c", 2: "a"},
]


@coco.fn
def declare(item: tuple[int, str], table: sqlite.TableTarget[Any]) -> None:
    table.declare_row(row={"id": item[0], "name": item[1]})


@coco.fn
async def each(rows: dict[int, str]) -> None:
    table = await sqlite.mount_table_target(DB, "docs", SCHEMA)
    await coco.mount_each(declare, [(id, (id, name)) for id, name in rows.items()], table)


@coco.fn
async def declare_all(rows: dict[int, str], table: sqlite.TableTarget[Any]) -> None:
    await coco.mount_each(declare, [(id, (id, name)) for id, name in rows.items()], table)


@coco.fn
async def nested(rows: dict[int, str]) -> None:
    """Each component is below one for odd or even numbers: what goes is swept by another one than what comes."""
    table = await sqlite.mount_table_target(DB, "docs", SCHEMA)
    for parity in (1, 0):
        with coco.component_subpath(str(parity)):
            await coco.mount(declare_all, {id: name for id, name in rows.items() if id % 2 == parity}, table)


@coco.fn
async def one_by_one(rows: dict[int, str]) -> None:
    """Each is mounted on its own."""
    table = await sqlite.mount_table_target(DB, "docs", SCHEMA)
    for id, name in rows.items():
        await coco.mount(coco.component_subpath(id), declare, (id, name), table)


@pytest.mark.parametrize("main", [each, nested, one_by_one])
@pytest.mark.parametrize("after", HANDOVERS)
def test_unique_values_change_hands(project: Project, main: Any, after: dict[int, str]) -> None:
    project.update(main, {})
    project.run("CREATE UNIQUE INDEX names ON docs (name)")
    project.update(main, {1: "a", 2: "b"})
    project.update(main, after)
    assert project.failures == []
    assert project.query("SELECT * FROM docs ORDER BY id") == sorted(after.items())

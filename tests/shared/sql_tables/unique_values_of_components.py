"""Unique values change hands between components in one update: a renamed key, values that are exchanged."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

import cocoindex as coco

from .project import Project
from .unique_values import HANDOVERS, mounted

__all__ = ["UniqueValuesOfComponents"]


@coco.fn
def declare(item: tuple[int, str], table: Any) -> None:
    table.declare_row(row={"id": item[0], "name": item[1]})


@coco.fn
async def each(kind: str, rows: dict[int, str]) -> None:
    table = await mounted(kind)
    await coco.mount_each(declare, [(id, (id, name)) for id, name in rows.items()], table)


@coco.fn
async def declare_all(rows: dict[int, str], table: Any) -> None:
    await coco.mount_each(declare, [(id, (id, name)) for id, name in rows.items()], table)


@coco.fn
async def nested(kind: str, rows: dict[int, str]) -> None:
    """Each component is below one for odd or even numbers: what goes is swept by another one than what comes."""
    table = await mounted(kind)
    for parity in (1, 0):
        with coco.component_subpath(str(parity)):
            await coco.mount(declare_all, {id: name for id, name in rows.items() if id % 2 == parity}, table)


@coco.fn
async def one_by_one(kind: str, rows: dict[int, str]) -> None:
    """Each is mounted on its own."""
    table = await mounted(kind)
    for id, name in rows.items():
        await coco.mount(coco.component_subpath(id), declare, (id, name), table)


class UniqueValuesOfComponents:
    """Tests that each connector runs.

    Attributes:
        unique: the statement that has no two rows of the table `docs` hold one name.
    """

    unique: ClassVar[str] = "CREATE UNIQUE INDEX names ON docs (name)"

    @pytest.mark.parametrize("main", [each, nested, one_by_one])
    @pytest.mark.parametrize("after", HANDOVERS)
    def test_unique_values_change_hands(self, project: Project, main: Any, after: dict[int, str]) -> None:
        project.update(main, project.kind, {})
        project.run(self.unique)
        project.update(main, project.kind, {1: "a", 2: "b"})
        project.update(main, project.kind, after)
        assert project.failures == []
        assert project.query("SELECT * FROM docs ORDER BY id") == sorted(after.items())

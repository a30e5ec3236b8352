"""Containers and what is in them: generations, which container is meant, and what is left of one that is gone."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex import inspect
from cocoindex.testing import RecordingContainers

LEAF = coco.ROOT_PATH / "leaf"


class Program:
    """An app that keeps one row in a table, as long as it is wanted."""

    def __init__(self, environment: coco.Environment, name: str, invalidation: Any = None) -> None:
        self.tables = RecordingContainers(name, invalidation)
        self.schema = 1
        self.wanted = True
        self.fails = False
        self.app: coco.App[[], None] = coco.App(coco.AppConfig(name, environment=environment), self.main)

    async def main(self) -> None:
        """Make the table and have the row declared."""
        table = await coco.mount_target(self.tables.table("t", self.schema)) if self.wanted else None
        await coco.mount(coco.component_subpath("leaf"), self.leaf, table)

    def leaf(self, table: coco.TargetStateProvider[int, None] | None) -> None:
        """Declare the row."""
        if self.fails:
            raise ValueError("fails")
        if table is not None:
            coco.declare_target_state(table.target_state("row", 1))

    async def row(self) -> inspect.TargetStateSummary:
        """Return what is remembered of the row."""
        return (await inspect.get_stable_path_detail(self.app, LEAF)).target_state_items[0]

    async def table(self) -> inspect.TargetStateSummary:
        """Return what is remembered of the table."""
        details = [detail async for detail in inspect.iter_stable_path_details(self.app)]
        return next(item for detail in details for item in detail.target_state_items if item.key == "t")


async def test_a_row_says_which_table_it_is_in(environment: coco.Environment) -> None:
    program = Program(environment, "test/tables")
    await program.app.update()
    table, row = await program.table(), await program.row()
    assert table.target_state_path == '/@test/tables/"t"'
    assert table.provider_generation is not None
    ident, schema_version = table.provider_generation
    assert schema_version == 0
    assert row.target_state_path == f'/@test/tables/"t"/"row"[provider_id={ident}]'
    assert row.fingerprint_path.startswith(f"{table.fingerprint_path}/#")
    assert row.fingerprint_path.endswith(f"[provider_id={ident}]")
    assert (row.key, row.provider_generation) == ("row", None)


@pytest.mark.parametrize(("invalidation", "same_id", "version"), [("lossy", True, 1), ("destructive", False, 0)])
async def test_a_change_of_the_table_is_another_generation(
    environment: coco.Environment, invalidation: str, same_id: bool, version: int
) -> None:
    program = Program(environment, f"test/{invalidation}", invalidation)
    await program.app.update()
    before = (await program.table()).provider_generation
    program.schema = 2
    await program.app.update()
    after = (await program.table()).provider_generation
    assert before is not None
    assert after is not None
    assert (after.provider_id == before.provider_id) == same_id
    assert after.provider_schema_version == version
    assert (await program.row()).provider_schema_version == version


async def test_what_is_left_of_a_table_that_is_gone_dangles(environment: coco.Environment) -> None:
    program = Program(environment, "test/gone")
    await program.app.update()
    assert [entry.dangling async for entry in inspect.iter_target_states(program.app)] == [False, False]
    program.wanted, program.fails = False, True
    await program.app.update()
    (left,) = [entry async for entry in inspect.iter_target_states(program.app)]
    assert left.dangling
    assert left.owner_component_path == LEAF
    program.fails = False
    await program.app.update()
    assert [entry async for entry in inspect.iter_target_states(program.app)] == []

"""What a component no longer declares is removed, also if another component declares its container now, and later."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers


class Program:
    """A component with a row in a table that the main function declares, and one that declares the table itself.

    Attributes:
        rows: the row of each; if the second one has a row, the main function does not declare the table.
        fails: whether the second one fails.
    """

    def __init__(self, make_app: Any, *, memo: bool = False) -> None:
        self.table = RecordingContainers()
        self.rows: tuple[str | None, str | None] = (None, None)
        self.fails = False

        @coco.fn(memo=memo)
        async def first(row: str | None, table: Any) -> None:
            if row is not None:
                coco.declare_target_state(table.target_state(row, 1))

        @coco.fn(memo=memo)
        async def second(row: str | None) -> None:
            if self.fails:
                raise ValueError("told to fail")
            if row is not None:
                table: Any = await coco.mount_target(self.table.table("table"))
                coco.declare_target_state(table.target_state(row, 1))

        @coco.fn(memo=memo)
        async def above(row: str | None, table: Any) -> None:
            await coco.mount(first, row, table)

        @coco.fn
        async def main() -> None:
            row, other = self.rows
            table = await coco.mount_target(self.table.table("table")) if row is not None else None
            await (await coco.mount(above, row, table)).ready()
            await coco.mount(second, other)

        self.app = make_app(main)

    def update(self, first: str | None, second: str | None, **options: Any) -> Any:
        self.rows = (first, second)
        return self.app.update_blocking(**options)


def test_a_preview_says_so(make_app: Any) -> None:
    program = Program(make_app)
    program.update("one", None)
    keys = [action.key for action in program.update(None, "two", preview=True) if action.verb == "delete"]
    assert keys == ["one"]


@pytest.mark.parametrize("memo", [False, True])
def test_its_row_goes_later_if_that_fails(make_app: Any, memo: bool, caplog: pytest.LogCaptureFixture) -> None:
    program = Program(make_app, memo=memo)
    program.update("one", None)
    program.table.rows.fail_keys = {"one"}
    program.update(None, "two")
    assert "told to fail for ['one']" in caplog.text
    assert program.table.tables == {"table": {"one": 1, "two": 1}}
    program.table.rows.fail_keys = set()
    program.update(None, "two")
    assert program.table.tables == {"table": {"two": 1}}


def test_its_row_goes_later_if_the_other_fails(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    program = Program(make_app)
    program.update("one", None)
    program.fails = True
    with caplog.at_level(logging.CRITICAL):
        program.update(None, "two")
    program.fails = False
    program.update(None, "two")
    assert program.table.tables == {"table": {"two": 1}}


def test_another_row_may_take_its_place(make_app: Any) -> None:
    program = Program(make_app)
    rows = program.table.rows

    def refuse_two(actions: Collection[Any]) -> None:
        if any(action.verb == "upsert" and action.key == "two" for action in actions) and rows_of("table") == {
            "one": 1
        }:
            raise ValueError("there is a row")

    def rows_of(table: str) -> dict[str, int]:
        return program.table.tables[table]

    program.update("one", None)
    rows.on_batch = refuse_two
    program.update(None, "two")
    assert rows_of("table") == {"two": 1}

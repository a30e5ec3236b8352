"""`update(preview=True)` gives the actions that the next update takes, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from cocoindex.testing import RecordedAction

if TYPE_CHECKING:
    from tests.preview.conftest import Program as ProgramType


def start(program: ProgramType) -> None:
    program.values = {"a": 1, "b": 2}
    program.tables = {"s": {"x": 1, "y": 2}, "t": {"x": 3}}


def change_values(program: ProgramType) -> None:
    program.values = {"a": 1, "b": 3, "c": 4}


def remove_all(program: ProgramType) -> None:
    program.values, program.tables = {}, {}


def move_a_value(program: ProgramType) -> None:
    program.values = {"b": 2, "z": 1}


def change_rows(program: ProgramType) -> None:
    program.tables = {"s": {"x": 1, "z": 2}, "t": {"x": 4}}


def remove_a_table(program: ProgramType) -> None:
    del program.tables["s"]


def change_the_schema(program: ProgramType) -> None:
    program.schema = 2


def change_nothing(program: ProgramType) -> None:
    pass


CHANGES = [change_values, remove_all, move_a_value, change_rows, remove_a_table, change_the_schema, change_nothing]


def in_order(actions: list[Any]) -> list[RecordedAction]:
    """The actions that change something, in an order that does not depend on what finished first."""
    return sorted((action for action in actions if action.verb != "touch"), key=repr)


@pytest.mark.parametrize("invalidation", [None, "lossy", "destructive"])
@pytest.mark.parametrize("change", CHANGES)
def test_after_each_change(
    make: Callable[..., ProgramType], change: Callable[[ProgramType], None], invalidation: str | None
) -> None:
    program = make(invalidation)
    start(program)
    for step in (start, change, start, change):
        step(program)
        planned = in_order(program.app.update_blocking(preview=True))
        assert program.taken() == []
        assert in_order(program.app.update_blocking(preview=True)) == planned
        assert program.app.update_blocking() == "result"
        assert in_order(program.taken()) == planned


def test_with_full_reprocess_all_is_applied_again(make: Callable[..., ProgramType]) -> None:
    program = make()
    start(program)
    program.app.update_blocking()
    program.taken()
    planned = program.app.update_blocking(preview=True, full_reprocess=True)
    program.app.update_blocking(full_reprocess=True)
    assert in_order(planned) == in_order(program.taken())
    assert len(in_order(planned)) == 7


def test_after_an_interrupted_update_what_is_uncertain_is_applied_again(make: Callable[..., ProgramType]) -> None:
    program = make()
    start(program)
    program.flat.fail_keys = {1}
    program.app.update_blocking()
    program.taken()
    assert in_order(program.app.update_blocking(preview=True)) == [RecordedAction("upsert", 1, 1)]


async def test_awaited_it_gives_the_numbers_too(make: Callable[..., ProgramType]) -> None:
    program = make()
    start(program)
    handle = program.app.update(preview=True)
    planned = await handle
    assert len(planned) == 7
    stats = handle.stats()
    assert stats is not None
    [keep_value] = [numbers for name, numbers in stats.by_component.items() if name.endswith(".keep_value")]
    assert keep_value.num_adds == 2


def test_a_container_comes_before_what_is_in_it(make: Callable[..., ProgramType]) -> None:
    program = make()
    program.tables = {"t": {"x": 3}}
    assert program.app.update_blocking(preview=True) == [
        RecordedAction("upsert", "t", 1),
        RecordedAction("upsert", "x", 3),
    ]
    assert program.nested.tables == {}

"""Whatever an app did before, failures included, a preview gives the actions that the next update takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.testing import RecordedAction

from .conftest import Program


class Step(NamedTuple):
    """What the sources hold at an update, and for which keys the targets fail in it."""

    values: dict[str, int]
    tables: dict[str, dict[str, int]]
    schema: int
    failing: set[object]


names = st.sampled_from("abc")
numbers = st.integers(1, 3)
rows = st.dictionaries(st.sampled_from("xyz"), numbers)
steps = st.builds(
    Step,
    # No value goes from one component to another: whether it is deleted in between depends on which ends first.
    st.fixed_dictionaries({}, optional={name: st.sampled_from([n, n + 3]) for n, name in enumerate("abc", 1)}),
    st.dictionaries(names, rows),
    numbers,
    st.sets(st.sampled_from([1, 2, "x", "a"]), max_size=2) | st.just(set()),
)


def in_order(actions: Iterable[RecordedAction]) -> list[RecordedAction]:
    """The actions that change something, in an order that does not depend on what finished first."""
    return sorted((action for action in actions if action.verb != "touch"), key=repr)


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, min_size=1, max_size=4), st.sampled_from([None, "lossy", "destructive"]))
def test_a_preview_is_what_the_next_update_does(
    tmp_path_factory: pytest.TempPathFactory, history: list[Step], invalidation: str | None
) -> None:
    folder = tmp_path_factory.mktemp("history")
    environment = coco.Environment(coco.Settings(db_path=folder), exception_handler=lambda error, context: None)
    program = Program(environment, invalidation)
    for step in history:
        program.values, program.tables, program.schema = step.values, step.tables, step.schema
        planned = program.app.update_blocking(preview=True)
        assert program.taken() == []
        targets = (program.flat, program.nested, program.nested.rows)
        for target in targets:
            target.fail_keys = step.failing  # type: ignore[assignment]  # a set of keys, whatever their types
        try:
            program.app.update_blocking()
        except RuntimeError:
            assert step.failing
        if not step.failing:
            assert in_order(program.taken()) == in_order(planned)
        program.taken()
    environment.close()

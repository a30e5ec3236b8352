"""Components that declare one target state in common keep it, without running again, while one of them declares it."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordedAction, RecordingTarget

NAMES = ["a", "b", "c"]


class Claimants:
    """An app whose components declare what `wanted` says: by component the value, or None for nothing."""

    def __init__(self, make_app: Any, *, memo: bool, many: int = 0) -> None:
        self.target = RecordingTarget()
        self.wanted: dict[str, Any] = {}
        self.runs: list[str] = []
        target, runs = self.target, self.runs

        @coco.fn(memo=memo)
        async def claim(name: str, value: Any) -> None:
            runs.append(name)
            if value is not None:
                target.declare("shared", value)
            for number in range(many):
                target.declare((name, number), "x" * 40)

        @coco.fn
        async def main() -> None:
            for name, value in self.wanted.items():
                await coco.mount(coco.component_subpath(name), claim, name, value)

        self.app = make_app(main)

    def update(self, **wanted: Any) -> list[RecordedAction]:
        """Update; returns the actions on what is shared."""
        self.wanted = wanted
        self.target.take()
        self.runs.clear()
        self.app.update_blocking()
        return [action for action in self.target.actions if action.key == "shared"]


@pytest.fixture(params=[(False, 0), (True, 0), (True, 3000)], ids=["plain", "memoized", "rows-apart"])
def claimants(make_app: Any, request: pytest.FixtureRequest) -> Claimants:
    memo, many = request.param
    return Claimants(make_app, memo=memo, many=many)


def test_nobody_runs_again_and_nothing_is_done(make_app: Any) -> None:
    claimants = Claimants(make_app, memo=True)
    claimants.update(a=1, b=1, c=1)
    assert claimants.target.data == {"shared": 1}
    for _ in range(3):
        assert claimants.update(a=1, b=1, c=1) == []
        assert claimants.runs == []


@pytest.mark.parametrize("order", [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"]])
@pytest.mark.parametrize("swept", [True, False])
def test_the_row_stays_until_the_last_has_gone(claimants: Claimants, order: list[str], swept: bool) -> None:
    wanted: dict[str, Any] = dict.fromkeys(NAMES, 1)
    assert claimants.update(**wanted) == [RecordedAction("upsert", "shared", 1)]
    for gone in order[:-1]:
        if swept:
            del wanted[gone]
        else:
            wanted[gone] = None
        assert claimants.update(**wanted) == []
        assert claimants.target.data["shared"] == 1
        assert claimants.update(**wanted) == []
    last = {} if swept else dict.fromkeys(NAMES)
    assert claimants.update(**last) == [RecordedAction("delete", "shared")]
    assert "shared" not in claimants.target.data


def test_two_go_at_once(claimants: Claimants) -> None:
    claimants.update(a=1, b=1, c=1)
    claimants.update(c=1)
    assert claimants.target.data["shared"] == 1
    claimants.update(a=1)
    assert claimants.target.data["shared"] == 1
    claimants.update()
    assert claimants.target.data == {}


def test_all_are_dropped(claimants: Claimants) -> None:
    claimants.update(a=1, b=1, c=1)
    claimants.update(b=1, c=1)
    claimants.app.drop_blocking()
    assert claimants.target.data == {}


def test_all_change_it(claimants: Claimants) -> None:
    claimants.update(a=1, b=1, c=1)
    claimants.update(a=2, b=2, c=2)
    assert claimants.target.data["shared"] == 2
    assert claimants.update(a=2, b=2, c=2) == []
    for wanted in ({"b": 2, "c": 2}, {"c": 2}):
        assert claimants.update(**wanted) == []
        assert claimants.target.data["shared"] == 2


def test_different_values_are_told_once_and_settle(claimants: Claimants, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        claimants.update(a=1, b=2)
    [told] = [record.getMessage() for record in caplog.records if "different values" in record.getMessage()]
    assert '/"a"' in told and '/"b"' in told and '"shared"' in told
    settled = claimants.target.data["shared"]
    caplog.clear()
    for _ in range(3):
        assert claimants.update(a=1, b=2) == []
        assert claimants.target.data["shared"] == settled
    assert not caplog.records


def test_the_last_change_counts(claimants: Claimants) -> None:
    claimants.update(a=1, b=1)
    claimants.update(a=1, b=2)
    assert claimants.target.data["shared"] == 2
    claimants.update(a=3, b=2)
    assert claimants.target.data["shared"] == 3
    assert claimants.update(a=3, b=2) == []


@pytest.mark.parametrize("gone", ["a", "b"])
def test_the_other_value_is_applied_when_the_owner_goes(claimants: Claimants, gone: str) -> None:
    claimants.update(a=1, b=2, c=3)
    claimants.update(a=1, b=2)
    [left] = {"a", "b"} - {gone}
    values = {"a": 1, "b": 2}
    claimants.update(**{left: values[left]})
    assert claimants.target.data["shared"] == values[left]
    assert claimants.update(**{left: values[left]}) == []
    claimants.update()
    assert claimants.target.data == {}

"""A declared value is held as it was then: what is changed in it afterwards is not seen."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers, RecordingTarget


class Pair(NamedTuple):
    name: str
    values: list[int]


def test_one_dict_may_be_used_for_all_rows(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def main() -> None:
        row: dict[str, Any] = {"tags": []}
        for number in range(3):
            row["number"] = number
            row["tags"].append(number)
            target.declare(number, row)

    make_app(main).update_blocking()
    assert target.data == {n: {"tags": list(range(n + 1)), "number": n} for n in range(3)}


@pytest.mark.parametrize(
    ("value", "change"),
    [
        ([1, [2]], lambda value: value[1].append(3)),
        ({"a": {"b": 1}}, lambda value: value["a"].update(b=2)),
        (({1},), lambda value: value[0].add(2)),
        (Pair("x", [1]), lambda value: value.values.append(2)),
        (bytearray(b"x"), lambda value: value.extend(b"y")),
    ],
)
def test_what_is_changed_inside_is_not_seen(make_app: Any, value: Any, change: Any) -> None:
    target = RecordingTarget()
    before = repr(value)

    @coco.fn
    async def main() -> None:
        target.declare("key", value)
        change(value)

    make_app(main).update_blocking()
    [action] = target.actions
    assert (type(action.value), repr(action.value)) == (type(value), before)
    assert repr(value) != before


class Sees:
    """Takes down what is declared."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def reconcile(self, key: coco.StableKey, desired: Any, records: Any, may_be_missing: bool, /) -> None:
        self.seen.append(desired)


def test_arrays_are_copied_and_other_objects_are_not(make_app: Any) -> None:
    handler = Sees()
    provider = coco.register_root_target_states_provider("test/sees", handler)
    array, thing = np.zeros(2), object()

    @coco.fn
    async def main() -> None:
        coco.declare_target_state(provider.target_state("array", {"v": array}))
        coco.declare_target_state(provider.target_state("thing", thing))
        array[0] = 1.0

    make_app(main).update_blocking()
    assert handler.seen[0]["v"].tolist() == [0.0, 0.0]
    assert handler.seen[1] is thing


def test_what_contains_itself_is_taken_as_it_is(make_app: Any) -> None:
    handler = Sees()
    provider = coco.register_root_target_states_provider("test/sees", handler)
    endless: list[Any] = []
    endless.append(endless)

    @coco.fn
    async def main() -> None:
        coco.declare_target_state(provider.target_state("endless", endless))

    make_app(main).update_blocking()
    assert handler.seen[0] is endless


def test_those_of_containers_too(make_app: Any) -> None:
    target = RecordingContainers()

    @coco.fn
    async def main() -> None:
        columns = ["a"]
        await coco.mount_target(target.table("t", columns))
        coco.declare_target_state_with_child(target.table("u", columns))
        columns.append("b")

    make_app(main).update_blocking()
    assert {action.key: action.value for action in target.actions} == {"t": ["a"], "u": ["a"]}

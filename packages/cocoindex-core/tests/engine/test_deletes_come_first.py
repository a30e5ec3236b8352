"""What a component no longer declares is removed ahead of what it declares anew, which may need its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pytest

import cocoindex as coco


class Unique:
    """A target whose rows have unique values: a second row with a value that another has is refused."""

    def __init__(self) -> None:
        self.data: dict[Any, Any] = {}
        self.calls = 0
        self.sink = coco.TargetActionSink.from_fn(self.apply)
        self.provider: Any = coco.register_root_target_states_provider("test/unique", self)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self.sink, coco.NON_EXISTENCE)
        if not missing and list(prev) == [desired]:
            return None
        return coco.TargetReconcileOutput((key, desired), self.sink, desired)

    def apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        self.calls += 1
        for key, value in actions:
            if value is None:
                self.data.pop(key, None)
            elif value in [held for other, held in self.data.items() if other != key]:
                raise ValueError(f"the value {value} is there already")
            else:
                self.data[key] = value


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 1}, {"b": 1}),
        ({"b": 1}, {"a": 1}),
        ({"a": 1, "b": 2, "c": 3}, {"b": 1, "d": 3, "e": 2}),
        ({number: number for number in range(3000)}, {number + 1: number for number in range(3000, 3010)}),
        ({number: number for number in range(3000)}, {-1 - number: number for number in range(3000)}),
    ],
    ids=["renamed", "renamed back", "some of several", "few for many", "many"],
)
def test_the_first_update_succeeds(make_app: Any, memo: bool, before: dict[Any, Any], after: dict[Any, Any]) -> None:
    unique = Unique()
    wanted = {"rows": before}

    @coco.fn(memo=memo)
    async def rows(rows: dict[Any, Any]) -> None:
        for key, value in rows.items():
            coco.declare_target_state(unique.provider.target_state(key, value))

    @coco.fn
    async def main() -> None:
        await coco.use_mount(rows, wanted["rows"])

    app = make_app(main)
    app.update_blocking()
    assert unique.data == before
    wanted["rows"] = after
    unique.calls = 0
    app.update_blocking()
    assert unique.data == after
    assert unique.calls == 1

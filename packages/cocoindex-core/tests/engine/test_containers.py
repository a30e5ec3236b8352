"""Containers: rows follow their table when it is removed, rebuilt or loses data."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers


def table_app(make_app: Any, target: RecordingContainers, state: dict[str, Any]) -> Any:
    @coco.fn(memo=True)
    async def process(value: int, table: coco.TargetStateProvider) -> None:
        coco.declare_target_state(table.target_state(value, value * 10))

    @coco.fn
    async def main() -> None:
        if state["table"]:
            table = await coco.mount_target(target.table("t", state["schema"]))
            await coco.mount_each(process, [(n, n) for n in state["rows"]], table)

    return make_app(main)


def test_rows_and_table_come_and_go(make_app: Any) -> None:
    target = RecordingContainers()
    state: dict[str, Any] = {"table": True, "schema": 1, "rows": [1, 2, 3]}
    app = table_app(make_app, target, state)
    app.update_blocking()
    assert target.tables == {"t": {1: 10, 2: 20, 3: 30}}
    target.rows.take()
    target.take()
    app.update_blocking()
    assert target.rows.actions == [] and target.actions == []
    state["rows"] = [1, 3]
    app.update_blocking()
    assert target.tables == {"t": {1: 10, 3: 30}}


def test_removed_table_takes_its_rows_without_asking_them(make_app: Any) -> None:
    target = RecordingContainers()
    state: dict[str, Any] = {"table": True, "schema": 1, "rows": [1, 2, 3]}
    app = table_app(make_app, target, state)
    app.update_blocking()
    target.rows.take()
    state["table"] = False
    app.update_blocking()
    assert target.tables == {}
    assert target.rows.actions == []
    state["table"] = True
    app.update_blocking()
    assert target.tables == {"t": {1: 10, 2: 20, 3: 30}}


def test_drop_removes_the_table_without_asking_the_rows(make_app: Any) -> None:
    target = RecordingContainers()
    app = table_app(make_app, target, {"table": True, "schema": 1, "rows": [1, 2, 3]})
    app.update_blocking()
    target.rows.take()
    app.drop_blocking()
    assert target.tables == {}
    assert target.rows.actions == []


@pytest.mark.parametrize("invalidation", ["destructive", "lossy"])
def test_invalidated_rows_are_applied_again_though_memoized(make_app: Any, invalidation: str) -> None:
    target = RecordingContainers(invalidation=invalidation)
    state: dict[str, Any] = {"table": True, "schema": 1, "rows": [1, 2]}
    app = table_app(make_app, target, state)
    app.update_blocking()
    target.rows.take()
    state["schema"] = 2
    state["rows"] = [2, 3]
    app.update_blocking()
    assert {action.key for action in target.rows.actions if action.verb == "upsert"} == {2, 3}
    assert target.tables["t"] == {2: 20, 3: 30}
    target.rows.take()
    app.update_blocking()
    assert target.rows.actions == []


def test_an_unknown_invalidation_is_refused(make_app: Any) -> None:
    target = RecordingContainers(invalidation="complete")
    schema = [1]

    @coco.fn
    async def main() -> None:
        await coco.mount_target(target.table("t", schema[0]))

    app = make_app(main)
    app.update_blocking()
    schema[0] = 2
    with pytest.raises(ValueError, match=r"child_invalidation='complete' for the container .*\"t\"; it is None,"):
        app.update_blocking()

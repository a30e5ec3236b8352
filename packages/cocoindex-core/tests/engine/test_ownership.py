"""A target state moves between components without being deleted, whatever the order of the two."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordedAction, RecordingTarget


@pytest.mark.parametrize("first", ["a", "z"])
@pytest.mark.parametrize("memo", [False, True])
def test_move_between_components(make_app: Any, first: str, memo: bool) -> None:
    target = RecordingTarget()
    owner = {"name": "m"}

    @coco.fn(memo=memo)
    async def process(keys: list[str]) -> None:
        for key in keys:
            target.declare(key, 1)

    @coco.fn
    async def main() -> None:
        for name in (first, "m"):
            await coco.mount(coco.component_subpath(name), process, ["shared"] if owner["name"] == name else [])

    app = make_app(main)
    app.update_blocking()
    target.take()
    owner["name"] = first
    app.update_blocking()
    assert target.data == {"shared": 1}
    assert RecordedAction("delete", "shared") not in target.actions
    app.update_blocking()
    owner["name"] = "nobody"
    app.update_blocking()
    assert target.data == {}


def test_move_from_a_component_that_is_removed(make_app: Any) -> None:
    target = RecordingTarget()
    at = {"name": "old"}

    @coco.fn(memo=True)
    async def process() -> None:
        target.declare("shared", 1)

    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath(at["name"]), process)

    app = make_app(main)
    app.update_blocking()
    at["name"] = "new"
    app.update_blocking()
    assert target.data == {"shared": 1}
    app.drop_blocking()
    assert target.data == {}

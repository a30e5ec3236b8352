"""A component whose removal failed, and that comes back, declares anew what somebody else had meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


@pytest.mark.parametrize("others", [1, 2], ids=["the same value", "another value"])
def test_what_another_component_inherited_stays(make_app: Any, others: int) -> None:
    target = RecordingTarget()
    step = 1

    @coco.fn
    async def child() -> None:
        target.declare("gone", 1)
        target.declare("shared", 1)

    @coco.fn
    async def main() -> None:
        if step != 2:
            await coco.mount(child)
        else:
            target.declare("shared", others)

    app = make_app(main)
    app.update_blocking()
    step = 2
    target.fail_keys = {"gone"}
    app.update_blocking()
    assert target.data["shared"] == others
    step = 3
    target.fail_keys = set()
    app.update_blocking()
    assert target.data == {"gone": 1, "shared": 1}
    target.take()
    app.update_blocking()
    assert target.take() == []

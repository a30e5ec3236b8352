"""What a failed run would have declared together with another component does not stand for earlier calls."""

from __future__ import annotations

from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def test_a_call_is_made_again_where_another_component_changed_what_it_declared(make_app: Any) -> None:
    target = RecordingTarget("calls/failed")
    world: dict[str, Any] = {}

    @coco.fn(memo=True)
    def declare(key: str, value: int) -> None:
        target.declare(key, value)

    @coco.fn
    async def below() -> None:
        declare("shared", world["value"])

    @coco.fn
    async def main() -> None:
        if world["below"]:
            await coco.use_mount(below)
        declare("shared", world["value"])
        if world["bad"]:
            declare("bad", 1)

    app = make_app(main)

    def update(value: int, *, below: bool, bad: bool) -> None:
        world.update(value=value, below=below, bad=bad)
        target.fail_keys = {"bad"} if bad else set()
        try:
            app.update_blocking()
        except Exception:
            assert bad

    update(0, below=False, bad=False)
    update(1, below=True, bad=True)
    assert target.data == {"shared": 1}
    update(0, below=False, bad=False)
    assert target.data == {"shared": 0}

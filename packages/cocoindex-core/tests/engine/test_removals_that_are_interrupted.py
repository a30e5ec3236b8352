"""A component of which only what is below it was removed runs again where it is mounted again."""

from __future__ import annotations

from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def test_memoized_components_have_their_children_again(make_app: Any) -> None:
    target = RecordingTarget("removals/interrupted")
    mounted = True

    @coco.fn
    def inner() -> None:
        target.declare("inner", 1)

    @coco.fn(memo=True)
    async def middle() -> None:
        await coco.mount(inner)
        target.declare("middle", 1)

    @coco.fn(memo=True)
    async def outer() -> None:
        await coco.mount(middle)
        target.declare("outer", 1)

    @coco.fn
    async def main() -> None:
        if mounted:
            await coco.mount(outer)

    app = make_app(main)
    app.update_blocking()
    held = dict(target.data)

    mounted = False
    target.fail_keys = {"middle"}
    app.update_blocking()
    assert target.data == {"middle": 1, "outer": 1}

    mounted = True
    target.fail_keys = set()
    app.update_blocking()
    assert target.data == held

"""A cancelled update waits for all sinks that are under way, commits what they applied, and begins nothing more."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco

from .gates import GatedTarget, run


def test_both_are_committed(make_app: Any) -> None:
    async def scenario() -> None:
        first, second = GatedTarget(), GatedTarget()
        for target in (first, second):
            target.close()

        @coco.fn
        async def put(target: GatedTarget, key: int) -> None:
            target.declare(key)

        @coco.fn
        async def main() -> None:
            await coco.mount(coco.component_subpath("first"), put, first, 1)
            await first.called.wait()
            await coco.mount(coco.component_subpath("second"), put, second, 1)
            await second.called.wait()
            await coco.mount(coco.component_subpath("waiting"), put, second, 2)

        app = make_app(main)
        update = asyncio.ensure_future(app.update().result())
        await second.called.wait()
        await asyncio.sleep(0)
        update.cancel()
        second.gate.set()
        await second.applied.wait()
        assert not update.done()
        first.gate.set()
        await asyncio.wait([update])
        assert update.cancelled()
        assert first.data == second.data == {1: 1}
        first.calls.clear()
        second.calls.clear()

        first.called.set()
        second.called.set()
        await app.update()
        assert first.calls == []
        assert second.calls == [[(2, 1)]]

    run(scenario())

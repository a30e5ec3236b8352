"""What waits for a target that hangs is bounded, and what leads to other targets goes on, however much that is."""

from __future__ import annotations

from typing import Any

import cocoindex as coco

from .gates import GatedTarget, run

ITEMS = 6000


def test_two_that_are_fed_at_once(make_app: Any) -> None:
    async def scenario() -> None:
        slow, fast = GatedTarget(), GatedTarget()
        slow.close()
        ran = {slow: 0, fast: 0}

        @coco.fn
        async def put(key: int, target: GatedTarget) -> None:
            ran[target] += 1
            target.declare(key)

        @coco.fn
        async def feed(target: GatedTarget) -> None:
            await coco.mount_each(put, [(key, key) for key in range(ITEMS)], target)

        @coco.fn
        async def main() -> None:
            flooded = await coco.mount(coco.component_subpath("slow"), feed, slow)
            await slow.called.wait()
            await (await coco.mount(coco.component_subpath("fast"), feed, fast)).ready()
            assert len(fast.data) == ITEMS
            assert slow.data == {} and ran[slow] < ITEMS // 2
            slow.gate.set()
            await flooded.ready()

        await make_app(main).update()
        assert len(slow.data) == ITEMS

    run(scenario())


def test_one_after_the_other(make_app: Any) -> None:
    async def scenario() -> None:
        slow, fast = GatedTarget(), GatedTarget()
        slow.close()

        @coco.fn
        async def put(target: GatedTarget, key: int) -> None:
            target.declare(key)

        @coco.fn
        async def main() -> None:
            for key in range(1000):
                await coco.mount(coco.component_subpath("slow", key), put, slow, key)
            await (await coco.mount(coco.component_subpath("fast"), put, fast, 0)).ready()
            slow.gate.set()

        await make_app(main).update()
        assert len(slow.data) == 1000

    run(scenario())

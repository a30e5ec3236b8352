"""A sink is called once at a time, and the actions on one target never overtake each other."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco

from .gates import GatedTarget, run


def test_one_call_at_a_time(make_app: Any) -> None:
    async def scenario() -> None:
        first, second = GatedTarget(), GatedTarget()

        @coco.fn
        async def put(key: int) -> None:
            await asyncio.sleep(0)
            (first if key % 3 else second).declare(key)
            if key % 5 == 0:
                first.declare(-key)

        @coco.fn
        async def main() -> None:
            await coco.mount_each(put, [(key, key) for key in range(500)])

        await make_app(main).update()
        assert first.most == second.most == 1

    run(scenario())


def test_a_new_owner_waits_for_the_former_one(make_app: Any) -> None:
    async def scenario() -> None:
        target, other = GatedTarget(lanes=2), GatedTarget()
        target.close()

        @coco.fn
        async def put(key: int, value: int) -> None:
            target.declare(key, value)
            other.declare((key, value))

        @coco.fn
        async def main() -> None:
            await coco.mount(coco.component_subpath("first"), put, 0, 1)
            await target.called.wait()
            second = await coco.mount(coco.component_subpath("second"), put, 0, 2)
            third = await coco.mount(coco.component_subpath("third"), put, 2, 1)
            assert target.calls == [[(0, 1)]]
            target.gate.set()
            await second.ready()
            await third.ready()

        await make_app(main).update()
        assert target.data == {0: 2, 2: 1}
        assert [value for call in target.calls for key, value in call if key == 0] == [1, 2]

    run(scenario())


def test_a_component_that_inherits_waits_for_the_owner(make_app: Any) -> None:
    async def scenario() -> None:
        target = GatedTarget()
        names = ["owner", "heir"]

        @coco.fn
        async def put(name: str) -> None:
            target.declare("shared", 1)
            target.declare(name, len(names))

        @coco.fn
        async def main() -> None:
            await coco.mount_each(put, [(name, name) for name in names])
            if len(names) == 1:
                await target.called.wait()
                target.gate.set()

        app = make_app(main)
        await app.update()
        names.remove("owner")
        target.close()
        await app.update()
        assert target.data == {"shared": 1, "heir": 1}

    run(scenario())

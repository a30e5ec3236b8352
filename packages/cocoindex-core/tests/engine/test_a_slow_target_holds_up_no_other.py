"""While the sink of one target hangs, what concerns other targets is applied, committed and told."""

from __future__ import annotations

from typing import Any

import cocoindex as coco

from .gates import GatedTarget, run


def test_components_of_another_target(make_app: Any) -> None:
    async def scenario() -> None:
        slow, fast = GatedTarget(), GatedTarget()
        slow.close()

        @coco.fn
        async def put(target: GatedTarget, key: int) -> None:
            target.declare(key)

        @coco.fn
        async def main() -> None:
            hanging = await coco.mount(coco.component_subpath("slow"), put, slow, 0)
            await slow.called.wait()
            for key in range(20):
                await (await coco.mount(coco.component_subpath(key), put, fast, key)).ready()
                assert fast.data[key] == 1
            assert slow.data == {}
            slow.gate.set()
            await hanging.ready()
            assert slow.data == {0: 1}

        await make_app(main).update()

    run(scenario())


def test_what_wants_both_waits_and_is_overtaken(make_app: Any) -> None:
    async def scenario() -> None:
        slow, fast = GatedTarget(), GatedTarget()
        slow.close()

        @coco.fn
        async def put(keys: dict[str, int]) -> None:
            for name, key in keys.items():
                (slow if name == "slow" else fast).declare(key)

        @coco.fn
        async def main() -> None:
            await coco.mount(coco.component_subpath("slow"), put, {"slow": 0})
            await slow.called.wait()
            both = await coco.mount(coco.component_subpath("both"), put, {"fast": 1, "slow": 1})
            await (await coco.mount(coco.component_subpath("fast"), put, {"fast": 2})).ready()
            assert 2 in fast.data and 1 not in fast.data
            slow.gate.set()
            await both.ready()

        await make_app(main).update()
        assert slow.data == {0: 1, 1: 1} and fast.data == {1: 1, 2: 1}

    run(scenario())


def test_a_sink_that_has_returned_is_free_though_its_components_wait_for_another(make_app: Any) -> None:
    async def scenario() -> None:
        slow, fast = GatedTarget(), GatedTarget()
        slow.close()

        @coco.fn
        async def both(key: int) -> None:
            slow.declare(key)
            fast.declare(key)

        @coco.fn
        async def put(key: int) -> None:
            fast.declare(key)

        @coco.fn
        async def main() -> None:
            waiting = await coco.mount(coco.component_subpath("both"), both, 0)
            await slow.called.wait()
            await (await coco.mount(coco.component_subpath("fast"), put, 1)).ready()
            assert fast.data == {0: 1, 1: 1}
            slow.gate.set()
            await waiting.ready()

        app = make_app(main)
        await app.update()
        slow.calls.clear()
        await app.update()
        assert slow.calls == []

    run(scenario())


def test_components_without_actions(make_app: Any) -> None:
    async def scenario() -> None:
        slow = GatedTarget()
        value = 1

        @coco.fn
        async def put(key: int, value: int) -> None:
            slow.declare(key, value)

        @coco.fn
        async def main() -> None:
            await coco.mount(coco.component_subpath(0), put, 0, value)
            if value == 2:
                await slow.called.wait()
                for key in range(1, 20):
                    await (await coco.mount(coco.component_subpath(key), put, key, 1)).ready()
                assert slow.data[0] == 1
                slow.gate.set()
            else:
                await coco.mount_each(put, [(key, key) for key in range(1, 20)], 1)

        app = make_app(main)
        await app.update()
        value = 2
        slow.close()
        await app.update()
        assert slow.data == {0: 2, **dict.fromkeys(range(1, 20), 1)}

    run(scenario())


def test_removals_of_another_target(make_app: Any) -> None:
    async def scenario() -> None:
        slow, fast = GatedTarget(), GatedTarget()
        keys = range(20)

        @coco.fn
        async def put(key: int, target: GatedTarget, value: int) -> None:
            target.declare(key, value)

        @coco.fn
        async def group(target: GatedTarget, keys: range) -> None:
            await coco.mount_each(put, [(key, key) for key in keys], target, 1)

        @coco.fn
        async def main() -> None:
            await coco.mount(coco.component_subpath("slow"), put, 0, slow, len(keys))
            if not keys:
                await slow.called.wait()
            handle = await coco.mount(coco.component_subpath("fast"), group, fast, keys)
            await handle.ready()
            assert fast.data.keys() == set(keys)
            slow.gate.set()

        app = make_app(main)
        await app.update()
        keys = range(0)
        slow.close()
        await app.update()
        assert slow.data == {0: 0}

    run(scenario())


def test_a_handler_with_several_sinks(make_app: Any) -> None:
    async def scenario() -> None:
        target = GatedTarget(lanes=2)
        target.close(lane=0)

        @coco.fn
        async def put(key: int) -> None:
            target.declare(key)

        @coco.fn
        async def main() -> None:
            await coco.mount(coco.component_subpath(0), put, 0)
            await target.called.wait()
            for key in range(1, 20, 2):
                await (await coco.mount(coco.component_subpath(key), put, key)).ready()
            assert 0 not in target.data
            target.gate.set()

        await make_app(main).update()
        assert target.data.keys() == {0, *range(1, 20, 2)}

    run(scenario())

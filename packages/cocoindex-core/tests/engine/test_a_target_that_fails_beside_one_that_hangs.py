"""A sink that fails while another one hangs fails its own components, at once, and harms nobody else."""

from __future__ import annotations

from typing import Any

import cocoindex as coco

from .gates import GatedTarget, run


def told_by(told: list[BaseException]) -> Any:
    async def tell(error: BaseException, context: Any) -> None:
        told.append(error)

    return tell


def test_one_of_two(make_app: Any) -> None:
    async def scenario() -> None:
        slow, bad = GatedTarget(), GatedTarget()
        slow.close()
        bad.failing = {1}
        told: list[BaseException] = []

        @coco.fn
        async def put(target: GatedTarget, key: int) -> None:
            target.declare(key)

        @coco.fn
        async def both() -> None:
            slow.declare(2)
            bad.declare(2)

        @coco.fn
        async def main() -> None:
            await coco.mount(coco.component_subpath("slow"), put, slow, 1)
            await slow.called.wait()
            waiting = await coco.mount(coco.component_subpath("both"), both)
            async with coco.exception_handler(told_by(told)):
                for key in range(3):
                    await (await coco.mount(coco.component_subpath(key), put, bad, key)).ready()
            assert [str(error) for error in told] == ["told to fail"]
            assert bad.data.keys() == {0, 1, 2} - bad.failing
            slow.gate.set()
            await waiting.ready()

        app = make_app(main)
        await app.update()
        assert slow.data == {1: 1, 2: 1}
        bad.failing = set()
        await app.update()
        assert bad.data == {0: 1, 1: 1, 2: 1}

    run(scenario())


def test_one_component_of_which_one_sink_fails(make_app: Any) -> None:
    async def scenario() -> None:
        slow, bad = GatedTarget(), GatedTarget()
        slow.close()
        bad.failing = {1}
        told: list[BaseException] = []
        before: list[int] = []

        @coco.fn
        async def both() -> None:
            slow.declare(1)
            bad.declare(1)

        @coco.fn
        async def main() -> None:
            async with coco.exception_handler(told_by(told)):
                handle = await coco.mount(both)
                await slow.called.wait()
                before.append(len(told))
                slow.gate.set()
                await handle.ready()

        app = make_app(main)
        await app.update()
        assert before == [0] and [str(error) for error in told] == ["told to fail"]
        bad.failing = set()
        await app.update()
        assert slow.data == bad.data == {1: 1}

    run(scenario())

"""What a target may hold after a failure is listed: each state that is possible, `Deleted` where it may be nothing."""

from __future__ import annotations

import cocoindex as coco
from cocoindex import inspect
from cocoindex.testing import RecordingTarget


async def test_each_step(environment: coco.Environment) -> None:
    target = RecordingTarget("test/uncertain")
    value: list[int] = [1]

    @coco.fn
    def leaf() -> None:
        for each in value:
            target.declare("key", each)

    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("leaf"), leaf)

    app = coco.App(coco.AppConfig("uncertain", environment=environment), main)

    async def updated(fails: bool, *wanted: int) -> list[tuple[object, ...]]:
        value[:] = wanted
        target.fail_keys = {"key"} if fails else set()
        await app.update()
        detail = await inspect.get_stable_path_detail(app, coco.ROOT_PATH / "leaf")
        return [tuple(state) for item in detail.target_state_items for state in item.states]

    assert await updated(True, 1) == [(0, "Deleted"), (1, "Existing")]
    assert await updated(False, 1) == [(1, "Existing")]
    assert await updated(True, 2) == [(1, "Existing"), (2, "Existing")]
    assert await updated(True) == [(0, "Deleted"), (1, "Existing"), (2, "Existing")]
    assert await updated(False, 3) == [(1, "Existing")]
    assert await updated(False) == []

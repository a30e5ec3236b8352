"""Components that are mounted in one another very deep are run, skipped, shown and dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.inspect import iter_stable_path_details
from cocoindex.testing import RecordingTarget


# A memoized component is written after the one below it is, so that each costs a sync of the store.
@pytest.mark.parametrize(("memo", "deep"), [(False, 10_000), (True, 1_000)])
def test_all_that_is_done_with_an_app(make_app: Callable[..., Any], memo: bool, deep: int) -> None:
    target = RecordingTarget()
    runs: list[int] = []

    @coco.fn(memo=memo)
    async def level(depth: int) -> None:
        runs.append(depth)
        if depth:
            await coco.mount(coco.component_subpath("d"), level, depth - 1)
        else:
            target.declare("bottom", 1)

    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("d"), level, deep)

    app = make_app(main)
    app.update_blocking()
    assert target.data == {"bottom": 1}
    runs.clear()
    target.take()
    app.update_blocking()
    assert target.actions == []
    assert len(runs) == (0 if memo else deep + 1)
    assert asyncio.run(count_paths(app)) == deep + 2
    app.drop_blocking()
    assert target.data == {}


async def count_paths(app: Any) -> int:
    return len([detail async for detail in iter_stable_path_details(app)])

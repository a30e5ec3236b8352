"""Paths and keys of 100 kB work like short ones, though no key of the store may be as long."""

from __future__ import annotations

from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget

LONG = "x" * 100_000


def test_components_and_target_states_with_long_keys(make_app: Any) -> None:
    target, runs = RecordingTarget(), []
    ends = ["a", "b"]

    @coco.fn(memo=True)
    async def child(key: str) -> None:
        runs.append(key[-1])
        target.declare((key, 1), "v")

    @coco.fn
    async def main() -> None:
        for end in ends:
            await coco.mount(coco.component_subpath(LONG + end, "inside"), child, LONG + end)

    app = make_app(main)
    app.update_blocking()
    assert sorted(target.data) == [(LONG + "a", 1), (LONG + "b", 1)]
    runs.clear()
    app.update_blocking()
    assert runs == []
    ends.remove("a")
    app.update_blocking()
    assert list(target.data) == [(LONG + "b", 1)]
    app.drop_blocking()
    assert target.data == {}
